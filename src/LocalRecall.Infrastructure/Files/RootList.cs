using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Files;

/// <summary><c>{home}/roots.json</c>, replaced whole on every change.</summary>
public sealed class RootList(string home) : IRootList
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _path = Path.Combine(Path.GetFullPath(home), "roots.json");
    private readonly Lock _lock = new();

    private sealed record Content(IReadOnlyList<ImportRoot> Roots);

    public IReadOnlyList<ImportRoot> Load()
    {
        lock (_lock)
        {
            if (!File.Exists(_path)) return [];
            try
            {
                return JsonSerializer.Deserialize<Content>(File.ReadAllBytes(_path), Json)?.Roots
                    ?? throw new IOException($"{_path} holds no list of roots. Delete it, and import again what should be watched.");
            }
            catch (JsonException e)
            {
                throw new IOException($"{_path} is damaged: {e.Message} Correct it, or delete it and import again what should be watched.", e);
            }
        }
    }

    public void Add(ImportRoot root)
    {
        lock (_lock)
        {
            root = root with { Path = ImportRoot.Normalise(root.Path) };
            IReadOnlyList<ImportRoot> roots = Load();
            if (!roots.Contains(root)) Save([.. roots.Where(r => r.Path != root.Path), root]);
        }
    }

    public bool Remove(string path)
    {
        lock (_lock)
        {
            path = ImportRoot.Normalise(path);
            IReadOnlyList<ImportRoot> roots = Load();
            ImportRoot[] left = [.. roots.Where(r => r.Path != path)];
            if (left.Length == roots.Count) return false;
            Save(left);
            return true;
        }
    }

    private void Save(ImportRoot[] roots) =>
        DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(new Content([.. roots.OrderBy(r => r.Path, StringComparer.Ordinal)]), Json));
}
