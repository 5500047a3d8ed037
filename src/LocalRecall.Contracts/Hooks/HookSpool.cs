using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Hooks;

/// <summary>
/// What hooks have to record, one file each in <c>{home}/spool</c>, until the host has dealt with it. Durable when <see cref="Write"/>
/// returns. Safe for any number of processes at once.
/// </summary>
public static class HookSpool
{
    /// <summary>Longer ones are none of ours.</summary>
    private const long MaxLengthBytes = 16 << 20;

    /// <summary>A writer needs milliseconds; what is older was left by one that was killed.</summary>
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromHours(1);

    public static string FolderOf(string home) => Path.Combine(home, "spool");

    /// <summary>Where files go that can't be dealt with.</summary>
    public static string BadFolderOf(string home) => Path.Combine(FolderOf(home), "bad");

    /// <summary>Temporary file, fsync, rename, fsync of the folder. Returns the file's path.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static string Write(string home, HookInput hook)
    {
        string folder = FolderOf(home);
        if (!Directory.Exists(folder))
        {
            HomeFolder.Create(home);
            HomeFolder.Create(folder);
            DurableFile.FlushFolder(home);
        }

        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{hook.At.UtcTicks:D19}-{Guid.NewGuid():N}.json"));
        DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(hook, HookJson.Default.HookInput));
        return path;
    }

    /// <summary>Paths of all files, the oldest first. What killed writers left is cleaned away.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static IReadOnlyList<string> List(string home)
    {
        string folder = FolderOf(home);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        DateTime leftBefore = DateTime.UtcNow - LeftoverAge;
        foreach (string leftover in Directory.EnumerateFiles(folder, ".*.tmp").Where(path => File.GetLastWriteTimeUtc(path) < leftBefore))
        {
            File.Delete(leftover);
        }

        return [.. Directory.EnumerateFiles(folder, "*.json").Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
    }

    /// <summary>Null: it is not one of ours, or not whole.</summary>
    /// <exception cref="IOException">It can't be read now, or is gone.</exception>
    /// <exception cref="UnauthorizedAccessException"/>
    public static HookInput? Read(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null || file.Length is 0 or > MaxLengthBytes)
        {
            return null; // a pipe or a device has no length either, and opening one may block for ever
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), HookJson.Default.HookInput)
                is { Agent: not null, Event: not null, SessionId: not null } hook ? hook : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>It has been dealt with. Nothing happens if it is gone.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Delete(string path) => File.Delete(path);

    /// <summary>Puts a file that can't be dealt with where it is in nobody's way.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void SetAside(string home, string path)
    {
        HomeFolder.Create(BadFolderOf(home));
        File.Move(path, Path.Combine(BadFolderOf(home), Path.GetFileName(path)), overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HookInput))]
internal sealed partial class HookJson : JsonSerializerContext;
