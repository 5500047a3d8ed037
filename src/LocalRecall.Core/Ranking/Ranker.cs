using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>From what a search has found to memories in order, each with what its score is made of and how far it can be believed.</summary>
public static class Ranker
{
    /// <summary>Equal scores in order of chunk id. A chunk with a cosine below the floor and none of the terms is left out.</summary>
    public static RankedMemories Rank(Findings found, RankingOptions options, ModelInfo model)
    {
        double openness = Exactness.Openness(found, options);
        List<List<RankedChunk>> fused = Fuse(found, options, model, openness);
        List<List<RankedChunk>> memories = [.. Company.Lift(fused, found, options, openness).OrderByDescending(chunks => chunks[0].Score).ThenBy(chunks => chunks[0].ChunkId)];
        return new RankedMemories(Hits(memories, found, model.Calibration), found.Chunks.Count - memories.Sum(chunks => chunks.Count));
    }

    /// <summary>The chunks whose vectors <see cref="Rank"/> would like to have in its findings; none if it would not look at them.</summary>
    public static IReadOnlyList<long> ToCompare(Findings found, RankingOptions options, ModelInfo model)
    {
        if (options.SimilarWeight <= 0 || found.Cosines.Count == 0) return [];
        double openness = Exactness.Openness(found, options);
        return openness > 0 ? [.. Fuse(found, options, model, openness).Take(Company.Considered).Select(chunks => chunks[0].ChunkId)] : [];
    }

    /// <summary>The words of the wire and of the command line.</summary>
    public static IReadOnlyList<string> Reasons(Matched matched) => matched switch
    {
        Matched.Vector => ["vector"],
        Matched.Keyword => ["keyword"],
        Matched.Vector | Matched.Keyword => ["vector", "keyword"],
        _ => [],
    };

    private static List<Candidate> Candidates(Findings found)
    {
        Dictionary<long, int> vectorRanks = Ranks(found.Cosines.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => c.Key));
        Dictionary<long, int> keywordRanks = Ranks(found.Keywords.Hits.Select(hit => hit.ChunkId));
        Dictionary<long, KeywordHit> keywords = found.Keywords.Hits.ToDictionary(hit => hit.ChunkId);
        return [.. found.Chunks.Select(chunk => new Candidate(
            chunk,
            found.Cosines.TryGetValue(chunk.ChunkId, out float cosine) ? cosine : null,
            vectorRanks.TryGetValue(chunk.ChunkId, out int vectorRank) ? vectorRank : null,
            keywords.GetValueOrDefault(chunk.ChunkId),
            keywordRanks.TryGetValue(chunk.ChunkId, out int keywordRank) ? keywordRank : null))];
    }

    private static Dictionary<long, int> Ranks(IEnumerable<long> bestFirst) => bestFirst.Select((id, i) => (id, i)).ToDictionary(r => r.id, r => r.i + 1);

    private static Matched WhyOf(Candidate candidate, float floor) =>
        (candidate.Cosine >= floor ? Matched.Vector : Matched.None) | (candidate.Keyword is not null ? Matched.Keyword : Matched.None);

    private static RankedChunk ToRanked(Candidate candidate, float floor, (double Vector, double Keyword) shares) => new(
        candidate.Chunk,
        WhyOf(candidate, floor),
        new HitParts(candidate.Cosine, candidate.VectorRank, shares.Vector, candidate.Keyword?.Bm25, candidate.KeywordRank, shares.Keyword, []),
        candidate.Keyword?.MatchedTerms ?? []);

    /// <summary>Each memory's chunks, by both scores alone: best chunk first, best memory first.</summary>
    private static List<List<RankedChunk>> Fuse(Findings found, RankingOptions options, ModelInfo model, double openness)
    {
        float floor = options.ScoreFloor ?? model.ScoreFloor;
        List<Candidate> matched = Candidates(found).FindAll(candidate => WhyOf(candidate, floor) != Matched.None);
        Func<KeywordHit, double> wordScore = FoundTerms.Score(found.Keywords.Hits, options.FoundTermsWeight);
        IReadOnlyList<(double Vector, double Keyword)> shares = Fusion.Shares(
            [.. matched.Select(candidate => (candidate.Cosine, candidate.Keyword is { } hit ? wordScore(hit) : (double?)null))],
            options with { KeywordWeight = Exactness.KeywordWeight(options, openness) });
        return [.. matched
            .Select((candidate, i) => ToRanked(candidate, floor, shares[i]))
            .OrderByDescending(chunk => chunk.Score).ThenBy(chunk => chunk.ChunkId)
            .GroupBy(chunk => chunk.Chunk.MemoryKey).Select(chunks => chunks.ToList())];
    }

    private static IReadOnlyList<MemoryHit> Hits(List<List<RankedChunk>> ordered, Findings found, Calibration calibration)
    {
        var weights = new TermWeights(found.Keywords.Terms, found.Query.Names, found.IndexedChunks);
        Dictionary<long, IReadOnlyList<string>> terms = found.Keywords.Hits.ToDictionary(hit => hit.ChunkId, hit => hit.MatchedTerms);
        double subjectLead = SubjectLead.Of([.. found.Chunks.Select(chunk => (chunk.Subject, terms.GetValueOrDefault(chunk.ChunkId, [])))], weights);
        return [.. ordered.Select(chunks =>
        {
            RankedChunk best = chunks[0];
            var evidence = new Evidence(best.Parts.Cosine, weights.ShareOf(best.Terms), weights.NameShareOf(best.Terms), subjectLead);
            return new MemoryHit(chunks, evidence, Confidence.Of(evidence, calibration));
        })];
    }

    private sealed record Candidate(ChunkDescription Chunk, float? Cosine, int? VectorRank, KeywordHit? Keyword, int? KeywordRank);
}
