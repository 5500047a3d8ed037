using System.Text;
using System.Text.Json;
using LocalRecall.Contracts;

namespace LocalRecall.Infrastructure.Files;

/// <summary>What was forgotten on purpose, as an append-only file: it must outlive the index, which can be rebuilt from files that still hold the content. Owned by the index's writer.</summary>
public sealed class ForgottenLog(string path, TimeProvider time)
{
    private sealed record Line(string Action, string Key, DateTimeOffset At);

    /// <summary>Nothing was ever forgotten, or somebody deleted the file.</summary>
    public bool IsMissing => !File.Exists(path);

    /// <summary>Keys (<see cref="Core.Memories.DedupKey"/>) that are forgotten now. A line torn by a crash was never acknowledged and is passed over.</summary>
    /// <exception cref="IOException">The file is there and can't be read.</exception>
    public IReadOnlySet<string> Load()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        if (!File.Exists(path)) return keys;
        foreach (string text in File.ReadLines(path))
        {
            switch (Parse(text))
            {
                case { Action: "forget" } line: keys.Add(line.Key); break;
                case { Action: "remember" } line: keys.Remove(line.Key); break;
            }
        }
        return keys;
    }

    public void Forget(string key) => Append("forget", key);

    public void Remember(string key) => Append("remember", key);

    private static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Append(string action, string key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        bool isNew = !File.Exists(path);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        string line = JsonSerializer.Serialize(new Line(action, key, time.GetUtcNow()), JsonSerializerOptions.Web) + "\n";
        if (EndsTorn(file)) line = "\n" + line;
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(line));
        file.Flush(flushToDisk: true);
        if (isNew) DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private static bool EndsTorn(FileStream file)
    {
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }
}
