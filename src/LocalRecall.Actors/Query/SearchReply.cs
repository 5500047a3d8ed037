using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Query;

/// <summary>What of a ranking is shown, and what is said about it.</summary>
internal sealed class SearchReply
{
    private const int MaxLimit = 100;
    private const int MaxTokens = 25_000;
    private const int MaxFallen = 10;

    private readonly Search _request;
    private readonly SearchSettings _settings;
    private readonly Findings _found;
    private readonly RankedMemories _ranked;
    private readonly int _excluded;
    private readonly int _limit;
    private readonly double _minConfidence;
    private readonly List<MemoryHit> _fitting;

    /// <summary>Twice as many as are shown: one that does not fit the budget makes room for another.</summary>
    private readonly List<MemoryHit> _considered;

    public SearchReply(Search request, SearchSettings settings, Findings found, RankedMemories ranked, int excluded)
    {
        (_request, _settings, _found, _ranked, _excluded) = (request, settings, found, ranked, excluded);
        _limit = Math.Clamp(request.Limit, 1, MaxLimit);
        _minConfidence = request.MinConfidence ?? settings.MinConfidence;
        _fitting = [.. ranked.Memories.Where(Fits)];
        _considered = [.. _fitting.Take(2 * _limit)];
        IEnumerable<MemoryHit> read = request.Explain ? _considered.Union(ranked.Memories.Take(_limit + MaxFallen)) : _considered;
        ChunksToRead = [.. read.Select(memory => memory.Best.ChunkId)];
    }

    /// <summary>Whose texts are needed.</summary>
    public IReadOnlyList<long> ChunksToRead { get; }

    /// <param name="read">Without those that are gone.</param>
    public SearchResults With(IReadOnlyList<ChunkWithMemory> read, string? degraded, SearchTimings timings)
    {
        Dictionary<long, ChunkWithMemory> chunks = read.ToDictionary(chunk => chunk.ChunkId);
        List<MemoryHit> there = _considered.FindAll(memory => chunks.ContainsKey(memory.Best.ChunkId));
        int budget = Math.Clamp(_request.MaxTokens, 1, MaxTokens);
        while (true)
        {
            IReadOnlyList<Fitted<MemoryHit>> shown = ResultBudget.Fit(there, memory => Content(chunks[memory.Best.ChunkId]), _limit, budget);
            var results = new SearchResults(
                _request.Header.RequestId, [.. shown.Select(hit => ToHit(hit, chunks[hit.Item.Best.ChunkId]))], _fitting.Count, shown.Sum(hit => hit.Tokens),
                degraded, timings, _ranked.Memories.Count - _fitting.Count, _request.Explain ? Explain([.. shown.Select(hit => hit.Item)], chunks) : null);
            if (MessageCodec.SizeOf(results) <= WireLimits.MaxMessageBytes)
            {
                return results;
            }

            budget /= 2; // tokens are estimated by characters, a frame counts bytes
        }
    }

    private bool Fits(MemoryHit memory) => memory.Confidence >= _minConfidence;

    private static string Content(ChunkWithMemory chunk) => chunk.ChunkCount == 1 ? chunk.Stored.Memory.Body : chunk.Text;

    private SearchHit ToHit(Fitted<MemoryHit> hit, ChunkWithMemory chunk) => new(
        chunk.Stored.ToSummary(), hit.Item.Best.Score, chunk.HeadingPath, hit.Content, hit.Shortened, Ranker.Reasons(hit.Item.Matched), [.. hit.Item.Terms],
        hit.Item.Best.Parts.Cosine, hit.Item.Confidence, _request.Explain ? Explain(hit.Item) : null);

    private static HitExplanation Explain(MemoryHit memory)
    {
        HitParts parts = memory.Best.Parts;
        return new HitExplanation(
            parts.VectorRank, parts.VectorShare, parts.KeywordRank, parts.Bm25, parts.KeywordShare,
            [.. parts.Boosts.Select(boost => new ScoreBoost(boost.Name, boost.Value))], memory.Evidence.TermShare, memory.Chunks.Count);
    }

    private SearchExplanation Explain(HashSet<MemoryHit> shown, Dictionary<long, ChunkWithMemory> chunks) => new(
        [.. _found.Keywords.Terms.Select(term => new QueryTerm(term.Text, term.Chunks))],
        _settings.InForce, _minConfidence, _found.Chunks.Count, _ranked.Noise, _excluded, _found.Crowd.Mean, _found.Crowd.Deviation,
        [.. _ranked.Memories.Where(memory => !shown.Contains(memory) && chunks.ContainsKey(memory.Best.ChunkId)).Take(MaxFallen)
            .Select(memory => ToFallen(memory, chunks[memory.Best.ChunkId].Stored.ToSummary(), shown.Count))]);

    private FallenHit ToFallen(MemoryHit memory, MemorySummary summary, int shown) => new(
        summary.Id, summary.Kind, summary.Subject,
        !Fits(memory) ? "below-floor" : shown == _limit ? "beyond-limit" : "over-budget",
        memory.Best.Score, memory.Confidence, memory.Best.Parts.Cosine, [.. memory.Terms], Explain(memory));
}
