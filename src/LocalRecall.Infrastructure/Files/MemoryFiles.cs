using System.Security.Cryptography;
using System.Text;
using LocalRecall.Contracts;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Files;

/// <summary>Memory files on disk. Our own live in <c>{home}/memories</c>. Safe for concurrent use.</summary>
public sealed class MemoryFiles(string home, TimeProvider time) : IMemoryFiles
{
    private const long MaxLengthBytes = 100L * 1024 * 1024;

    /// <summary>Where memories given by message are kept.</summary>
    public string Folder { get; } = Path.Combine(Path.GetFullPath(home), "memories");

    public string PathOf(MemoryId id, MemoryKind kind) =>
        Path.Combine(Folder, MarkdownMemory.RelativePath(id, kind).Replace('/', Path.DirectorySeparatorChar));

    public SourceState Write(Memory memory)
    {
        string path = PathOf(memory.Id, memory.Kind);
        byte[] bytes = Encoding.UTF8.GetBytes(MarkdownMemory.Write(memory));
        DurableFile.Replace(path, bytes);
        return StateOf(path, bytes, File.GetLastWriteTimeUtc(path));
    }

    public bool DeleteOwned(string path)
    {
        path = Path.GetFullPath(path);
        if (!path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path)) return false;
        File.Delete(path);
        DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    public SourceContent Read(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            FileInfo file = Follow(path);
            if (Directory.Exists(path)) throw new IOException($"{path} is a folder.");
            // Pipes and devices have no length either, and opening one may block for ever.
            if (file.Length == 0) return new SourceContent(StateOf(path, [], file.LastWriteTimeUtc), []);
            if (file.Length > MaxLengthBytes) throw new IOException($"{path} has {file.Length >> 20} MB; at most {MaxLengthBytes >> 20} MB are read.");

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            // The time first: a change while we read is then seen as one later.
            DateTime modifiedAt = File.GetLastWriteTimeUtc(stream.SafeFileHandle);
            var bytes = new byte[stream.Length];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Array.Resize(ref bytes, length);
            return new SourceContent(StateOf(path, bytes, modifiedAt), bytes);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read.", e);
        }
    }

    public FileListing List(string path) => FolderListing.Of(path, time);

    public SourceStamp? Stat(string path) => StampOf(Path.GetFullPath(path));

    internal static SourceStamp? StampOf(string path)
    {
        try
        {
            FileInfo file = Follow(path);
            return file.Exists ? new SourceStamp(file.Length, new DateTimeOffset(file.LastWriteTimeUtc)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a link leads to: its own length and time say nothing.</summary>
    private static FileInfo Follow(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
    }

    private static SourceState StateOf(string path, byte[] bytes, DateTime modifiedAt) =>
        new(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length, new DateTimeOffset(modifiedAt));
}
