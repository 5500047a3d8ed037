using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Redaction;

/// <summary>A memory that holds what must not be kept, in a file or in the index.</summary>
/// <param name="Memory">As it may be kept.</param>
/// <param name="Path">Null: no file holds it.</param>
public sealed record StoredSecret(Memory Memory, string? Path, IReadOnlyList<string> Kinds, bool FileKept);

/// <summary>What a search for secrets through everything stored has met so far, and which files have to be read anew for it.</summary>
public sealed class StoredScan
{
    private readonly Dictionary<(MemoryId, string?), StoredSecret> _found = [];
    private readonly Dictionary<string, string?> _toRead = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _rows = new(StringComparer.Ordinal);

    public int Memories { get; private set; }

    public IReadOnlyCollection<StoredSecret> Found => _found.Values;

    /// <summary>Memories, however many files hold them.</summary>
    public int Changed => _found.Keys.Select(key => key.Item1).Distinct().Count();

    /// <summary>Paths, with the project that what they hold belongs to if they don't say.</summary>
    public IReadOnlyDictionary<string, string?> ToRead => _toRead;

    /// <summary>A page of what the index holds.</summary>
    public void AddRows(IReadOnlyList<StoredMemory> page)
    {
        foreach (StoredMemory stored in page)
        {
            Memories++;
            Redacted<Memory> cleaned = Redactor.Clean(stored.Memory);
            if (!cleaned.IsChanged) continue;
            _found[(stored.Memory.Id, stored.Path)] = new StoredSecret(cleaned.Kept, stored.Path, cleaned.Kinds, FileKept: false);
            _rows[stored.Memory.Body] = stored.Memory.Project;
            if (stored.Path is { } path) _toRead[path] = stored.Memory.Project;
        }
    }

    /// <summary>What a file holds; call it after all rows.</summary>
    /// <param name="isOurs">Whether the file is that of this one memory, and may be written.</param>
    /// <returns>What to write in its place: memories of ours as they may be kept.</returns>
    public IReadOnlyList<Memory> AddFile(string path, IReadOnlyList<Memory> memories, Func<Memory, bool> isOurs)
    {
        List<Memory> toWrite = [];
        foreach (Memory memory in memories)
        {
            Redacted<Memory> cleaned = Redactor.Clean(memory);
            if (!cleaned.IsChanged) continue;
            bool ours = isOurs(memory);
            _found[(memory.Id, path)] = new StoredSecret(cleaned.Kept, path, cleaned.Kinds, !ours);
            if (ours) toWrite.Add(cleaned.Kept);
            if (_rows.TryGetValue(memory.Body, out string? project)) _toRead[path] = project;
            else if (ours) _toRead.TryAdd(path, memory.Project);
        }
        return toWrite;
    }
}
