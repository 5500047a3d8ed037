using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ports;

/// <summary>The files that are the truth: reading, writing and listing them.</summary>
public interface IMemoryFiles
{
    /// <summary>Where <see cref="Write"/> puts a memory.</summary>
    string PathOf(MemoryId id, MemoryKind kind);

    /// <summary>Writes a memory below the home folder: temporary file, fsync, rename, fsync of the folder. Returns its path.</summary>
    SourceState Write(Memory memory);

    /// <summary>Deletes a file below the home folder. False: it is outside, or was not there.</summary>
    bool DeleteOwned(string path);

    /// <summary>The whole file, or why it can't be read. Pipes and devices read as empty.</summary>
    /// <exception cref="IOException">Gone, locked, too large (over 100 MB), or a folder.</exception>
    SourceContent Read(string path);

    /// <summary>Files worth importing at or below a path, in a stable order: .md, .markdown, .txt, .jsonl of the known names; what is hidden, links, and node_modules are left out. A file named itself is always taken.</summary>
    FileListing List(string path);

    /// <summary>Size and time only: unchanged since last read means no need to read.</summary>
    SourceStamp? Stat(string path);
}

/// <param name="Faults">What could not be looked at, and why: a path that is not there, folders without permission.</param>
public sealed record FileListing(IReadOnlyList<string> Paths, IReadOnlyList<SourceFault> Faults);

public readonly record struct SourceStamp(long LengthBytes, DateTimeOffset ModifiedAt);

public sealed record SourceContent(SourceState State, byte[] Bytes);

/// <summary>Watches folders and single files, whether they are there yet or not. Callbacks come on any thread, may repeat, and may name folders.</summary>
public interface IFolderWatcher
{
    /// <param name="changed">Called with a path that was created, changed, deleted or renamed; null: events were lost, look at everything again.</param>
    IDisposable Watch(string folder, Action<string?> changed);
}
