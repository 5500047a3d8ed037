using LocalRecall.Core.Memories;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Core.Ports;

/// <summary>The derived index: memories, chunks, full text and vectors in one file. One writer, many readers, each owned by one thread.</summary>
public interface IMemoryStore
{
    /// <summary>Opens or creates the file and brings its schema forward. A damaged file is moved aside and reported by <see cref="RebuildNeeded"/>.</summary>
    /// <exception cref="StoreException">The file can't be opened; the message says why and what to do.</exception>
    IMemoryWriter OpenWriter();

    IMemoryReader OpenReader();

    /// <summary>Where a damaged file was moved by <see cref="OpenWriter"/>, or null. Then the index must be rebuilt from the memory files.</summary>
    string? RebuildNeeded { get; }
}

/// <summary>Every method is one transaction, on disk when it returns.</summary>
public interface IMemoryWriter : IDisposable
{
    /// <summary>Stores or replaces what <paramref name="entry"/>'s source holds. Same content in the same scope is stored once: then the source is linked to the memory that is there.</summary>
    StoreOutcome Store(IndexEntry entry);

    /// <summary>Forgets where sources were: their memories go when no other source holds them.</summary>
    IReadOnlyList<RemovedChunk> RemoveSources(IReadOnlyList<string> paths);

    /// <summary>Removes a memory with all its rows and sources; remembers that it must not come back from files that still hold it. Null: there is no such memory.</summary>
    ForgottenMemory? Forget(MemoryId id);

    /// <summary>Keeps why a source could not be read, until it can or is gone.</summary>
    void RecordFault(SourceFault fault);

    /// <summary>Adds vectors for chunks that were stored without. Returns the chunks that now have one.</summary>
    IReadOnlyList<IndexedChunk> PutVectors(string modelId, IReadOnlyDictionary<TextHash, float[]> vectors);

    /// <summary>Deletes vectors of models that are not to be kept, chunks' and remembered ones, so many at most. Returns how many; 0: none is left.</summary>
    int DropVectors(Func<string, bool> keepsModel, int limit);

    /// <summary>Keeps vectors of texts that are no chunk, those used last, up to a number. To name one again is to use it.</summary>
    void RememberVectors(string modelId, IReadOnlyDictionary<TextHash, float[]> vectors);

    /// <summary>Keeps that an agent's session wrote these memories or was given them. What was noted long ago (60 days) goes.</summary>
    void NoteSessionMemories(string session, IReadOnlyCollection<MemoryId> ids, SessionRole role, DateTimeOffset at);

    /// <summary>The session has lost its context: what it was given may be given again. That it was used still counts.</summary>
    void ForgetGiven(string session);

    /// <summary>Keeps how far a transcript has been read. Of one not read for long (60 days) it goes: then it is read again from its beginning.</summary>
    void RememberTranscript(TranscriptPosition position, DateTimeOffset at);

    /// <summary>Overwrites what deleted rows have left in the full text, and empties the write-ahead log.</summary>
    /// <param name="everywhere">Also writes the whole file anew, without vectors that no chunk needs and remembered ones.</param>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: a reader still needs the log; again later.</exception>
    void Purge(bool everywhere);

    /// <summary>Moves the write-ahead log into the file.</summary>
    void Checkpoint();

    /// <summary>The file of a model's vectors that was kept last; null: none, or what has been forgotten since must not stay in it. It may be damaged, and lacks what came or went since.</summary>
    Stream? OpenVectorFile(string modelId);

    /// <summary>Begins a new file of a model's vectors. <see cref="Forget"/> and <see cref="Purge"/> discard it.</summary>
    IVectorDraft NewVectorFile(string modelId);
}

/// <summary>A file of vectors that is being written, by any one thread. Only when it is kept it takes the place of the last one; disposed without, it is deleted.</summary>
public interface IVectorDraft : IDisposable
{
    Stream File { get; }

    /// <summary>It can't be kept any more: it holds what has been forgotten.</summary>
    CancellationToken Discarded { get; }

    /// <summary>Has it all on disk.</summary>
    void Flush();

    /// <summary>On the writer's thread. False: it was discarded.</summary>
    bool Keep();
}

public interface IMemoryReader : IDisposable
{
    SourceState? FindSource(string path);

    /// <summary>Paths of all sources at or below a folder.</summary>
    IReadOnlyList<string> SourcesBelow(string folder);

    /// <summary>Vectors of chunks and remembered ones, as far as there are.</summary>
    IReadOnlyDictionary<TextHash, float[]> FindVectors(string modelId, IReadOnlyCollection<TextHash> hashes);

    /// <summary>Exact vectors of chunks, for measuring a scan's best again; chunks without one are left out.</summary>
    IReadOnlyDictionary<long, float[]> GetVectors(string modelId, IReadOnlyCollection<long> chunkIds);

    /// <summary>Chunks that hold any of the terms, best BM25 (greatest) first. Terms that very many chunks hold count only among the newest of these, unless the filter leaves too few.</summary>
    KeywordMatches SearchKeywords(KeywordQuery query, SearchFilter filter, int limit);

    /// <summary>What ranking needs to know of chunks; ids that are gone are left out. No text is read.</summary>
    IReadOnlyList<ChunkDescription> DescribeChunks(IReadOnlyCollection<long> chunkIds);

    /// <summary>Chunks with the memories they belong to; ids that are gone are left out.</summary>
    IReadOnlyList<ChunkWithMemory> GetChunks(IReadOnlyCollection<long> chunkIds);

    /// <summary>A memory by its id, or by an id that a duplicate source declared.</summary>
    StoredMemory? Get(MemoryId id);

    MemoryPage List(SearchFilter filter, string? cursor, int limit);

    /// <summary>What is there, or was forgotten on purpose, of these contents (<see cref="DedupKey"/>); the others are left out.</summary>
    IReadOnlyDictionary<string, KnownContent> FindContents(IReadOnlyCollection<string> keys);

    /// <summary>Chunks of the memories that a session wrote, or was given and still has in its context.</summary>
    IReadOnlyList<long> FindSessionChunks(string session);

    /// <summary>The memories that were given to most sessions, those used last first among equals. What was never given is left out.</summary>
    IReadOnlyList<UsedMemory> ListMostUsed(SearchFilter filter, int limit);

    /// <summary>How far a transcript was read; null: it never was, or long ago.</summary>
    TranscriptPosition? FindTranscript(string path);

    StoreStatistics GetStatistics(string modelId);

    IReadOnlyList<SourceFault> GetFaults(int limit);

    /// <summary>Every chunk that has a vector of this model, in id order; for building the in-memory index at start.</summary>
    IEnumerable<IndexedChunk> ReadVectors(string modelId);

    /// <summary>All chunks, in order.</summary>
    IEnumerable<long> ReadChunkIds();

    /// <summary>Those of these chunks that have a vector of this model.</summary>
    IEnumerable<IndexedChunk> ReadVectors(string modelId, IEnumerable<long> chunkIds);

    /// <summary>Chunks after this one that have no vector of this model yet, in order of id.</summary>
    IReadOnlyList<PendingChunk> GetPending(string modelId, long after, int limit);

    /// <summary>How many vectors there are of each model, those that no chunk needs included; remembered ones are not counted.</summary>
    IReadOnlyDictionary<string, long> CountVectors();

    /// <summary>Problems found by a full check of the file; empty when it is sound.</summary>
    IReadOnlyList<string> CheckIntegrity();
}

/// <summary>The store could not be opened, read or written.</summary>
public sealed class StoreException(string message, StoreFault fault, Exception? inner = null) : Exception(message, inner)
{
    public StoreFault Fault { get; } = fault;
}

public enum StoreFault { Busy, Full, Corrupt, Unusable }
