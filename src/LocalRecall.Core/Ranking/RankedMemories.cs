using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>All that a search has found out; nothing is decided yet.</summary>
/// <param name="Cosines">By chunk. Empty where there is no vector of the query.</param>
/// <param name="Crowd">Of all chunks that passed the filter: what is usual for this question.</param>
/// <param name="Chunks">All that either way found.</param>
/// <param name="IndexedChunks">In the whole index.</param>
/// <param name="Now">When it was asked.</param>
public sealed record Findings(
    KeywordQuery Query, IReadOnlyDictionary<long, float> Cosines, Crowd Crowd, KeywordMatches Keywords, IReadOnlyList<ChunkDescription> Chunks,
    long IndexedChunks, DateTimeOffset Now)
{
    /// <summary>Of the chunks in <see cref="Ranker.ToCompare"/>, as far as they have one.</summary>
    public IReadOnlyDictionary<long, float[]> Vectors { get; init; } = new Dictionary<long, float[]>();
}

/// <summary>Why a hit is there.</summary>
[Flags]
public enum Matched
{
    None = 0,
    Vector = 1,
    Keyword = 2,
}

/// <summary>What a score is made of.</summary>
/// <param name="Cosine">Null: no vector of it, or of the query, is known.</param>
/// <param name="VectorRank">Among all candidates' cosines, from 1.</param>
/// <param name="VectorShare">What the cosine adds to the score.</param>
/// <param name="Bm25">Greater is better; null: it holds none of the terms.</param>
/// <param name="KeywordRank">From 1.</param>
/// <param name="KeywordShare">What BM25 adds to the score.</param>
/// <param name="Boosts">What else adds to the score, or takes from it.</param>
public sealed record HitParts(
    float? Cosine, int? VectorRank, double VectorShare, double? Bm25, int? KeywordRank, double KeywordShare, IReadOnlyList<Boost> Boosts)
{
    public double Score => VectorShare + KeywordShare + Boosts.Sum(boost => boost.Value);
}

/// <param name="Name">The ingredient's, as in host.conf.</param>
public readonly record struct Boost(string Name, double Value);

/// <param name="Terms">Terms and phrases of the query that it holds, as far as the full text found it.</param>
public sealed record RankedChunk(ChunkDescription Chunk, Matched Matched, HitParts Parts, IReadOnlyList<string> Terms)
{
    public long ChunkId => Chunk.ChunkId;

    /// <summary>Comparable within one search only.</summary>
    public double Score => Parts.Score;
}

/// <summary>One memory found, by one or more of its chunks.</summary>
/// <param name="Chunks">Best first.</param>
/// <param name="Confidence">How likely it belongs to the question, 0 to 1; comparable between searches.</param>
public sealed record MemoryHit(IReadOnlyList<RankedChunk> Chunks, Evidence Evidence, double Confidence)
{
    public RankedChunk Best => Chunks[0];

    public Matched Matched => Chunks.Aggregate(Matched.None, (matched, chunk) => matched | chunk.Matched);

    public IEnumerable<string> Terms => Chunks.SelectMany(chunk => chunk.Terms).Distinct();
}

/// <param name="Memories">Best first.</param>
/// <param name="Noise">Candidates left out: too far away, and none of the terms.</param>
public sealed record RankedMemories(IReadOnlyList<MemoryHit> Memories, int Noise);
