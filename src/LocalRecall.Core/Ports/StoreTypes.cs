using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ports;

/// <summary>SHA-256 of the text that is embedded, heading path included; see <see cref="ModelInfo.HashOf"/>.</summary>
public readonly record struct TextHash(UInt128 High, UInt128 Low)
{
    public static TextHash Of(string text)
    {
        ReadOnlySpan<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new TextHash(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}

/// <summary>A file, or a memory given by message before its file is written.</summary>
/// <param name="Path">Absolute, normalised.</param>
/// <param name="FileHash">Lower-case hex SHA-256 of the bytes.</param>
public sealed record SourceState(string Path, string FileHash, long LengthBytes, DateTimeOffset ModifiedAt);

public sealed record SourceFault(string Path, string Reason, DateTimeOffset SeenAt);

/// <summary>A piece of a memory that is embedded and found on its own.</summary>
/// <param name="HeadingPath">Headings above it, outermost first, joined by " › "; empty if none.</param>
/// <param name="Vector">Unit vector, or null while the model is unavailable.</param>
public sealed record Chunk(int Ordinal, string HeadingPath, string Text, int TokenCount, TextHash EmbeddingTextHash, float[]? Vector);

/// <summary>All that one source holds, ready to be stored. A source may hold several memories (append-only files).</summary>
/// <param name="Deliberate">Someone asked for just this: content that was forgotten is stored again and no longer counts as forgotten. False: it is left out.</param>
public sealed record IndexEntry(SourceState Source, string ModelId, IReadOnlyList<IndexedMemoryInput> Memories, bool Deliberate = false);

public sealed record IndexedMemoryInput(Memory Memory, IReadOnlyList<Chunk> Chunks);

/// <param name="Added">Chunks that are new or had no vector before, and have one now.</param>
/// <param name="Removed">Chunks that are gone.</param>
/// <param name="Memories">For each memory given: the id under which it is found, and whether it was there before.</param>
public sealed record StoreOutcome(IReadOnlyList<IndexedChunk> Added, IReadOnlyList<RemovedChunk> Removed, IReadOnlyList<StoredAs> Memories);

/// <param name="Duplicate">The same content in the same scope is held by another source, or came earlier in this one.</param>
/// <param name="Forgotten">Left out, because it was forgotten on purpose.</param>
public readonly record struct StoredAs(MemoryId Id, bool Duplicate, bool Forgotten = false);

/// <summary>What the vector scan needs of a chunk.</summary>
public sealed record IndexedChunk(long ChunkId, ChunkFacts Facts, float[] Vector);

public readonly record struct RemovedChunk(long ChunkId);

/// <summary>What filters look at, for one chunk. Memories that share a scope or project share the strings.</summary>
public sealed record ChunkFacts(MemoryKind Kind, AppliesTo AppliesTo, string? Project, DateTimeOffset OccurredAt);

public sealed record PendingChunk(long ChunkId, string EmbeddingText, TextHash EmbeddingTextHash);

/// <summary>A memory with the file that holds it.</summary>
/// <param name="Path">Null if no file holds it.</param>
public sealed record StoredMemory(Memory Memory, string? Path);

public sealed record ChunkWithMemory(long ChunkId, string HeadingPath, string Text, StoredMemory Stored, int ChunkCount);

/// <summary>What ranking looks at, for one chunk.</summary>
/// <param name="MemoryKey">The same for all chunks of one memory; never used again for another.</param>
/// <param name="Ordinal">Its place in the memory, from 0.</param>
/// <param name="ChunkCount">Of the memory.</param>
/// <param name="Subject">Of the memory.</param>
public sealed record ChunkDescription(long ChunkId, long MemoryKey, int Ordinal, int ChunkCount, ChunkFacts Facts, string Subject);

/// <param name="Hits">Best first.</param>
/// <param name="Terms">All terms and phrases that were looked for, whether found or not.</param>
public sealed record KeywordMatches(IReadOnlyList<KeywordHit> Hits, IReadOnlyList<TermCount> Terms)
{
    public static KeywordMatches None { get; } = new([], []);
}

public sealed record KeywordHit(long ChunkId, double Bm25, IReadOnlyList<string> MatchedTerms);

/// <param name="Text">A term, or the words of a phrase with spaces between.</param>
/// <param name="Chunks">That hold it, whatever the filter says; counted up to some twenty thousand.</param>
public sealed record TermCount(string Text, long Chunks)
{
    public bool IsPhrase => Text.Contains(' ');
}

public sealed record ForgottenMemory(Memory Memory, IReadOnlyList<string> Paths, IReadOnlyList<RemovedChunk> Removed);

public sealed record MemoryPage(IReadOnlyList<StoredMemory> Memories, long Total, string? NextCursor);

/// <param name="Id">The id under which it is found; null: it was forgotten on purpose.</param>
public readonly record struct KnownContent(MemoryId? Id);

/// <summary>What an agent's session has to do with a memory. The numbers are stored; they never change.</summary>
public enum SessionRole
{
    /// <summary>It comes from this session.</summary>
    Written = 1,

    /// <summary>The session was shown it.</summary>
    Given = 2,
}

/// <param name="Uses">Sessions it was given to.</param>
/// <param name="LastUsed">When it was last given.</param>
public sealed record UsedMemory(StoredMemory Stored, int Uses, DateTimeOffset LastUsed);

/// <summary>How far a transcript has been read.</summary>
/// <param name="Path">Absolute, normalised.</param>
/// <param name="OffsetBytes">Where the first turn begins that was not complete.</param>
/// <param name="HeadHash">Tells whether what was read is still what the file begins with.</param>
public sealed record TranscriptPosition(string Path, long OffsetBytes, string HeadHash);

public sealed record StoreStatistics(
    IReadOnlyDictionary<MemoryKind, long> Memories, long Chunks, long Vectors, long PendingChunks, long Sources, long Faults, long FileBytes);
