using LocalRecall.Actors.Requests;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Index;

/// <summary>The conversation with the index actor. Everything is answered by its reply or by <see cref="RequestFailed"/>.</summary>
public static class IndexProtocol
{
    /// <summary>Goes to whichever reader is free.</summary>
    public interface IRead : IInternalMessage
    {
        Guid RequestId { get; }
    }

    /// <summary>Goes to the writer, in order. Answered when it is on disk and later searches see it.</summary>
    public interface IWrite : IInternalMessage
    {
        Guid RequestId { get; }
    }

    public sealed record FindSource(Guid RequestId, string Path) : IRead;

    public sealed record SourceFound(Guid RequestId, SourceState? Source) : IInternalMessage;

    public sealed record FindSourcesBelow(Guid RequestId, string Folder) : IRead;

    public sealed record SourcesFound(Guid RequestId, IReadOnlyList<string> Paths) : IInternalMessage;

    /// <param name="Urgent">Somebody's query can't begin without the answer: it overtakes other reads that wait.</param>
    public sealed record FindVectors(Guid RequestId, string ModelId, IReadOnlyCollection<TextHash> Hashes, bool Urgent = false) : IRead;

    public sealed record VectorsFound(Guid RequestId, IReadOnlyDictionary<TextHash, float[]> Vectors) : IInternalMessage;

    public sealed record SearchKeywords(Guid RequestId, KeywordQuery Query, SearchFilter Filter, int Limit) : IRead;

    /// <param name="IndexedChunks">Chunks with a vector, in the whole index.</param>
    public sealed record KeywordsSearched(Guid RequestId, KeywordMatches Matches, long IndexedChunks) : IInternalMessage;

    /// <summary>Answered by <see cref="ModelReplaced"/> if the vectors that are searched are another model's.</summary>
    /// <param name="Vector">Unit vector of the query.</param>
    public sealed record SearchVectors(Guid RequestId, string ModelId, float[] Vector, SearchFilter Filter, int Limit) : IRead;

    /// <param name="Hits">Exact cosines, best first.</param>
    /// <param name="Crowd">All that passed the filter.</param>
    public sealed record VectorsSearched(Guid RequestId, IReadOnlyList<ScanHit> Hits, Crowd Crowd = default) : IInternalMessage;

    /// <summary>Another model is in force than the one named, and <see cref="Models.ModelInForce"/> has it: begin again with that one.</summary>
    public sealed record ModelReplaced(Guid RequestId) : IInternalMessage;

    /// <summary>What ranking needs to know of the chunks that were found.</summary>
    /// <param name="ModelId">The vector's.</param>
    /// <param name="Vector">The query's; null: nothing is measured.</param>
    /// <param name="Unmeasured">Those of them that something else than the scan found: their cosines are wanted.</param>
    public sealed record DescribeChunks(Guid RequestId, IReadOnlyCollection<long> ChunkIds, string ModelId, float[]? Vector, IReadOnlyCollection<long> Unmeasured) : IRead;

    /// <param name="Chunks">Without those that are gone.</param>
    /// <param name="Measured">Without those that have no vector.</param>
    public sealed record ChunksDescribed(Guid RequestId, IReadOnlyList<ChunkDescription> Chunks, IReadOnlyList<ScanHit> Measured) : IInternalMessage;

    public sealed record ReadVectors(Guid RequestId, string ModelId, IReadOnlyCollection<long> ChunkIds) : IRead;

    /// <param name="Vectors">By chunk; without those that have none.</param>
    public sealed record VectorsRead(Guid RequestId, IReadOnlyDictionary<long, float[]> Vectors) : IInternalMessage;

    public sealed record GetChunks(Guid RequestId, IReadOnlyCollection<long> ChunkIds) : IRead;

    public sealed record ChunksFound(Guid RequestId, IReadOnlyList<ChunkWithMemory> Chunks) : IInternalMessage;

    public sealed record GetStored(Guid RequestId, MemoryId Id) : IRead;

    public sealed record StoredFound(Guid RequestId, StoredMemory? Stored) : IInternalMessage;

    public sealed record ListStored(Guid RequestId, SearchFilter Filter, string? Cursor, int Limit) : IRead;

    public sealed record StoredListed(Guid RequestId, MemoryPage Page) : IInternalMessage;

    /// <summary>What is known of contents (<see cref="DedupKey"/>): stored, forgotten on purpose, or nothing.</summary>
    public sealed record FindContents(Guid RequestId, IReadOnlyCollection<string> Keys) : IRead;

    /// <param name="Known">Without those that nothing is known of.</param>
    public sealed record ContentsFound(Guid RequestId, IReadOnlyDictionary<string, KnownContent> Known) : IInternalMessage;

    /// <summary>Which chunks a search for this session leaves out: of what it wrote, and of what it was given and still has in its context.</summary>
    public sealed record FindSessionChunks(Guid RequestId, string Session) : IRead;

    public sealed record SessionChunksFound(Guid RequestId, IReadOnlyList<long> ChunkIds) : IInternalMessage;

    /// <summary>The memories that were given to most sessions.</summary>
    public sealed record ListMostUsed(Guid RequestId, SearchFilter Filter, int Limit) : IRead;

    /// <param name="Memories">Most used first; what was never given is left out.</param>
    public sealed record MostUsedListed(Guid RequestId, IReadOnlyList<UsedMemory> Memories) : IInternalMessage;

    public sealed record FindTranscript(Guid RequestId, string Path) : IRead;

    /// <param name="Position">Null: it was never read, or long ago.</param>
    public sealed record TranscriptFound(Guid RequestId, TranscriptPosition? Position) : IInternalMessage;

    /// <summary>Chunks that have no vector of this model, in order of id.</summary>
    /// <param name="After">Only those with a greater id.</param>
    public sealed record GetPending(Guid RequestId, string ModelId, long After, int Limit) : IRead;

    public sealed record PendingFound(Guid RequestId, IReadOnlyList<PendingChunk> Chunks) : IInternalMessage;

    /// <param name="ModelId">Whose vectors are counted; null: of the model in force.</param>
    public sealed record GetStatistics(Guid RequestId, string? ModelId = null) : IRead;

    /// <summary>How many vectors there are of each model, spare ones included.</summary>
    public sealed record CountVectors(Guid RequestId) : IRead;

    /// <param name="Vectors">By the model's id.</param>
    public sealed record VectorsCounted(Guid RequestId, IReadOnlyDictionary<string, long> Vectors, StoreStatistics Statistics) : IInternalMessage;

    /// <param name="Faults">The newest of them.</param>
    public sealed record StatisticsFound(Guid RequestId, StoreStatistics Statistics, IReadOnlyList<SourceFault> Faults) : IInternalMessage;

    public sealed record CheckStore(Guid RequestId) : IRead;

    public sealed record StoreChecked(Guid RequestId, IReadOnlyList<string> Problems) : IInternalMessage;

    /// <summary>Answered by <see cref="ModelReplaced"/>, and nothing is stored, if the entry's model is not in force.</summary>
    public sealed record Store(Guid RequestId, IndexEntry Entry) : IWrite;

    public sealed record Stored(Guid RequestId, IReadOnlyList<StoredAs> Memories) : IInternalMessage;

    public sealed record RemoveSources(Guid RequestId, IReadOnlyList<string> Paths) : IWrite;

    public sealed record SourcesRemoved(Guid RequestId) : IInternalMessage;

    public sealed record Forget(Guid RequestId, MemoryId Id) : IWrite;

    /// <param name="Forgotten">Null: there is no such memory.</param>
    public sealed record Forgotten(Guid RequestId, ForgottenMemory? Memory) : IInternalMessage;

    /// <summary>Leaves no byte of what was removed before in the file and its log.</summary>
    /// <param name="Everywhere">Even what earlier versions left, and all vectors that no chunk needs: takes seconds for a large index.</param>
    public sealed record Purge(Guid RequestId, bool Everywhere) : IWrite;

    public sealed record Purged(Guid RequestId) : IInternalMessage;

    public sealed record RecordFault(Guid RequestId, SourceFault Fault) : IWrite;

    public sealed record FaultRecorded(Guid RequestId) : IInternalMessage;

    /// <summary>Of any model; those of the one in force are found from now on.</summary>
    public sealed record PutVectors(Guid RequestId, string ModelId, IReadOnlyDictionary<TextHash, float[]> Vectors) : IWrite;

    public sealed record VectorsPut(Guid RequestId) : IInternalMessage;

    /// <summary>Puts a model in force: its vectors are searched from the answer on.</summary>
    /// <param name="Complete">Only if every chunk has a vector of it.</param>
    public sealed record SwitchModel(Guid RequestId, string ModelId, bool Complete) : IWrite;

    /// <param name="Switched">False: there are chunks without a vector of it.</param>
    public sealed record ModelSwitched(Guid RequestId, bool Switched) : IInternalMessage;

    /// <summary>Deletes some vectors of models that are not to be kept (<see cref="ModelGenerations.Keeps"/>).</summary>
    public sealed record DropOldVectors(Guid RequestId, int Limit) : IWrite;

    /// <param name="Dropped">0: none is left.</param>
    public sealed record OldVectorsDropped(Guid RequestId, int Dropped) : IInternalMessage;

    /// <summary>Keeps that a session wrote these memories, or was given them: it will not be given them (again).</summary>
    /// <param name="Ids">Need not be in the index yet.</param>
    public sealed record NoteSessionMemories(Guid RequestId, string Session, IReadOnlyCollection<MemoryId> Ids, SessionRole Role) : IWrite;

    public sealed record SessionMemoriesNoted(Guid RequestId) : IInternalMessage;

    /// <summary>The session has lost its context (cleared, compacted): what it was given may be given again.</summary>
    public sealed record ForgetGiven(Guid RequestId, string Session) : IWrite;

    public sealed record GivenForgotten(Guid RequestId) : IInternalMessage;

    public sealed record RememberTranscript(Guid RequestId, TranscriptPosition Position) : IWrite;

    public sealed record TranscriptRemembered(Guid RequestId) : IInternalMessage;

    /// <summary>
    /// Vectors that were used just now for texts that are no chunk, to be found again later. Never answered: some are gathered and
    /// written together, and those that can't be written, or not before the host is killed, are computed again one day.
    /// </summary>
    public sealed record RememberVectors(string ModelId, IReadOnlyDictionary<TextHash, float[]> Vectors) : IInternalMessage;

    /// <summary>Published on the event stream when the index answers again after it could not.</summary>
    public sealed record IndexReopened : IInternalMessage;

    /// <summary>Published on the event stream when another model is in force.</summary>
    public sealed record ModelChanged(string ModelId) : IInternalMessage;

    /// <summary>A model and all its vectors: what is searched.</summary>
    internal sealed record Generation(IEmbedderFactory Embedder, VectorSnapshot Vectors)
    {
        public string ModelId => Embedder.Model.Id;
    }

    internal sealed record ReadWork(IRead Read, Generation Generation, Akka.Actor.IActorRef ReplyTo) : IInternalMessage;

    internal sealed record ReaderFree : IInternalMessage;

    /// <summary>A reader met damage; the writer looks at the whole file and has it rebuilt.</summary>
    internal sealed record DamageMet(string Problem) : IInternalMessage;

    internal sealed record WriteWork(IWrite Write, Akka.Actor.IActorRef ReplyTo) : IInternalMessage;

    internal sealed record WriterReady(Generation Generation, string? RebuildNeeded) : IInternalMessage;

    internal sealed record WriterBroken(string Reason) : IInternalMessage;

    /// <summary>The write is on disk; the coordinator passes the reply on once the readers see the generation.</summary>
    internal sealed record Written(Generation Generation, object Reply, Akka.Actor.IActorRef ReplyTo) : IInternalMessage;
}
