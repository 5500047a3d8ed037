using LocalRecall.Core.Chunking;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Redaction;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

internal enum PreparedState
{
    Changed,
    Unchanged,
    Gone,
    Unreadable,
}

/// <summary>A file as far as it can be brought without the index and the model: read, parsed, cleaned of secrets, chunked, tokenised.</summary>
/// <param name="Deleted">Memories of earlier files that this one deletes.</param>
/// <param name="Fault">Why it, or a part of it, could not be read.</param>
internal sealed record PreparedFile(
    PreparedState State, SourceState? Source, IReadOnlyList<Memory> Memories, IReadOnlyList<PreparedChunk> Chunks, IReadOnlyList<MemoryId> Deleted, string? Fault)
    : Requests.IInternalMessage
{
    private const int MaxFaults = 5;

    private static PreparedFile Without(PreparedState state, string? fault = null) => new(state, null, [], [], [], fault);

    /// <summary>Touches the disk and takes processor time: not for an actor's own thread.</summary>
    public static PreparedFile Read(IngestFile request, SourceState? known, IngestPorts ports, IEmbedderFactory embedder)
    {
        SourceStamp? stamp = ports.Files.Stat(request.Path);
        if (stamp is null)
        {
            return Without(PreparedState.Gone);
        }

        if (known is not null && request.MayBeCurrent && stamp == new SourceStamp(known.LengthBytes, known.ModifiedAt))
        {
            return Without(PreparedState.Unchanged);
        }

        SourceContent content;
        try
        {
            content = ports.Files.Read(request.Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Without(PreparedState.Gone);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Without(PreparedState.Unreadable, e.Message);
        }

        if (known is not null && request.MayBeCurrent && known.FileHash == content.State.FileHash)
        {
            return Without(PreparedState.Unchanged);
        }

        ReadResult result = FormatReader.Read(request.Path, content.Bytes, content.State.ModifiedAt, request.Project);
        string? fault = result.Faults.Count == 0 ? null : Redactor.Clean(string.Join("; ", result.Faults.Take(MaxFaults))).Kept;
        if (result.Memories.Count == 0 && fault is not null)
        {
            return Without(PreparedState.Unreadable, fault); // what it held before stays until it can be read again
        }

        HashSet<MemoryId> deletedLater = DeletedAfter(request.Path, ports.Files);
        Memory[] memories =
        [
            .. result.Memories.Where(memory => !deletedLater.Contains(memory.Id))
                .Select(memory => Redactor.Clean(memory).Kept).Where(memory => !string.IsNullOrWhiteSpace(memory.Body)),
        ];
        List<PreparedChunk> chunks = [];
        for (int i = 0; i < memories.Length; i++)
        {
            foreach (Chunk chunk in Chunker.Split(memories[i], embedder.Tokenizer, embedder.Model))
            {
                string text = EmbeddingText.Compose(memories[i].Subject, chunk.HeadingPath, chunk.Text);
                chunks.Add(new PreparedChunk(i, chunk, TokenizedText.Of(text, EmbeddingPurpose.Document, embedder)));
            }
        }

        return new PreparedFile(PreparedState.Changed, content.State, memories, chunks, result.DeletedElsewhere, fault);
    }

    /// <summary>What later files of an append-only series delete.</summary>
    private static HashSet<MemoryId> DeletedAfter(string path, IMemoryFiles files)
    {
        HashSet<MemoryId> deleted = [];
        if (!path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
        {
            return deleted;
        }

        foreach (string later in AppendOnlySeries.After(path, files.List(Path.GetDirectoryName(path)!).Paths))
        {
            SourceContent content = files.Read(later);
            deleted.UnionWith(FormatReader.Read(later, content.Bytes, content.State.ModifiedAt, null).DeletedElsewhere);
        }

        return deleted;
    }

    public IndexEntry ToEntry(IngestFile request, string modelId, IReadOnlyDictionary<TextHash, float[]> vectors)
    {
        ILookup<int, PreparedChunk> byMemory = Chunks.ToLookup(c => c.Memory);
        IndexedMemoryInput[] memories =
        [
            .. Memories.Select((memory, i) => new IndexedMemoryInput(
                memory,
                [.. byMemory[i].Select(c => c.Chunk with { Vector = vectors.GetValueOrDefault(c.Chunk.EmbeddingTextHash) })])),
        ];
        return new IndexEntry(Source!, modelId, memories, request.Deliberate);
    }
}

/// <param name="Memory">Which of the file's memories it is a piece of.</param>
internal sealed record PreparedChunk(int Memory, Chunk Chunk, TokenizedText Text);
