namespace LocalRecall.Core.Ranking;

public enum FusionMethod
{
    /// <summary>Both scores stretched to 0..1 over the candidates, then a weighted sum. Measured better than ranks alone on the embedded model.</summary>
    WeightedMinMax,

    /// <summary>Weighted sum of 1 / (constant + rank).</summary>
    ReciprocalRank,
}

/// <param name="KeywordWeight">0: vectors alone, 1: keywords alone.</param>
/// <param name="RankConstant">Only for <see cref="FusionMethod.ReciprocalRank"/>.</param>
public sealed record FusionOptions(FusionMethod Method = FusionMethod.WeightedMinMax, double KeywordWeight = 0.5, double RankConstant = 60)
{
    public static FusionOptions Default { get; } = new();
}

/// <summary>Why a hit is there.</summary>
[Flags]
public enum Matched
{
    None = 0,
    Vector = 1,
    Keyword = 2,
}

/// <param name="Cosine">Null: no vector of it is known.</param>
/// <param name="Bm25">Greater is better; null: it holds none of the terms.</param>
public readonly record struct Candidate(long ChunkId, float? Cosine, double? Bm25);

/// <param name="Score">0 to 1, comparable within one search only.</param>
public readonly record struct RankedChunk(long ChunkId, double Score, float? Cosine, double? Bm25, Matched Matched);

public static class Fusion
{
    /// <summary>All candidates that matched, best first; equal scores in order of id. A candidate with a cosine below <paramref name="scoreFloor"/> and none of the terms is left out.</summary>
    public static IReadOnlyList<RankedChunk> Rank(IEnumerable<Candidate> candidates, FusionOptions options, float scoreFloor)
    {
        var matched = candidates.Select(c => (Candidate: c, Why: WhyOf(c, scoreFloor))).Where(c => c.Why != Matched.None).ToList();
        double[] cosines = Scores(matched.ConvertAll(c => (double?)c.Candidate.Cosine), missing: null, options);
        double[] keywords = Scores(matched.ConvertAll(c => c.Candidate.Bm25), missing: 0, options);
        double weight = matched.TrueForAll(c => c.Candidate.Cosine is null) ? 1 : options.KeywordWeight;

        return [.. matched
            .Select((c, i) => new RankedChunk(c.Candidate.ChunkId, (1 - weight) * cosines[i] + weight * keywords[i], c.Candidate.Cosine, c.Candidate.Bm25, c.Why))
            .OrderByDescending(c => c.Score).ThenBy(c => c.ChunkId)];
    }

    /// <summary>The words of the wire and of the command line.</summary>
    public static IReadOnlyList<string> Reasons(Matched matched) => matched switch
    {
        Matched.Vector => ["vector"],
        Matched.Keyword => ["keyword"],
        Matched.Vector | Matched.Keyword => ["vector", "keyword"],
        _ => [],
    };

    private static Matched WhyOf(Candidate c, float scoreFloor) =>
        (c.Cosine >= scoreFloor ? Matched.Vector : Matched.None) | (c.Bm25 is not null ? Matched.Keyword : Matched.None);

    /// <param name="missing">What a candidate without this score has; null: as much as the worst.</param>
    private static double[] Scores(List<double?> raw, double? missing, FusionOptions options)
    {
        if (options.Method == FusionMethod.ReciprocalRank)
        {
            var ranked = new double[raw.Count];
            int rank = 0;
            foreach (int i in Enumerable.Range(0, raw.Count).Where(i => raw[i] is not null).OrderByDescending(i => raw[i])) ranked[i] = (options.RankConstant + 1) / (options.RankConstant + ++rank);
            return ranked;
        }

        double low = raw.Min() ?? 0, high = raw.Max() ?? 0;
        if (missing is { } m && raw.Contains(null)) low = Math.Min(low, m);
        double range = high - low;
        return [.. raw.Select(r => r is null ? 0 : range > 0 ? (r.Value - low) / range : 1)];
    }
}
