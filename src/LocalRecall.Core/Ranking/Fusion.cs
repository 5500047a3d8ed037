namespace LocalRecall.Core.Ranking;

public enum FusionMethod
{
    /// <summary>Both scores stretched to 0..1 over the candidates, then a weighted sum. Measured better than ranks alone on the embedded model.</summary>
    Weighted,

    /// <summary>Weighted sum of 1 / (constant + rank).</summary>
    ReciprocalRank,
}

/// <summary>Makes one score of two that do not compare.</summary>
public static class Fusion
{
    /// <summary>What each of the two adds to each candidate's score, in the order given. Their sum is 0 to 1.</summary>
    public static IReadOnlyList<(double Vector, double Keyword)> Shares(IReadOnlyList<(float? Cosine, double? Bm25)> candidates, RankingOptions options)
    {
        double[] cosines = Scores([.. candidates.Select(c => (double?)c.Cosine)], missing: null, options);
        double[] keywords = Scores([.. candidates.Select(c => c.Bm25)], missing: 0, options);
        double weight = candidates.All(c => c.Cosine is null) ? 1 : options.KeywordWeight;
        return [.. cosines.Zip(keywords, (cosine, keyword) => ((1 - weight) * cosine, weight * keyword))];
    }

    /// <param name="missing">What a candidate without this score has; null: as much as the worst.</param>
    private static double[] Scores(IReadOnlyList<double?> raw, double? missing, RankingOptions options)
    {
        if (options.Fusion == FusionMethod.ReciprocalRank)
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
