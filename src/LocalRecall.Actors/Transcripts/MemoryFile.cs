using LocalRecall.Actors.Requests;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Transcripts;

/// <summary>The file of this memory is there.</summary>
internal sealed record FileKept(string Path, string? Project) : IInternalMessage;

/// <summary>Files of memories whose id follows from their content.</summary>
internal static class MemoryFile
{
    /// <summary>Writes the file unless there is one: somebody may have changed it since.</summary>
    public static FileKept Keep(Memory memory, IMemoryFiles files)
    {
        string path = files.PathOf(memory.Id, memory.Kind);
        return new FileKept(files.Stat(path) is null ? files.Write(memory).Path : path, memory.Project);
    }

    /// <summary>Deletes the file if it still holds this content. Returns its path, or null: it was not deleted.</summary>
    public static string? Drop(Memory memory, IMemoryFiles files)
    {
        string path = files.PathOf(memory.Id, memory.Kind);
        if (files.Stat(path) is null)
        {
            return null;
        }

        SourceContent content = files.Read(path);
        ReadResult there = FormatReader.Read(path, content.Bytes, content.State.ModifiedAt, memory.Project);
        return there.Memories is [var only] && only.Body == memory.Body && files.DeleteOwned(path) ? path : null;
    }
}
