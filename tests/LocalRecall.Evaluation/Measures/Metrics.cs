namespace LocalRecall.Evaluation.Measures;

/// <param name="Of">From ids in the order found, each once, and the relevant ones with their grades: 0 to 1.</param>
internal sealed record Metric(string Name, Func<IReadOnlyList<string>, IReadOnlyDictionary<string, double>, double> Of);

/// <summary>What docs/evaluation.md defines.</summary>
internal static class Metrics
{
    public static IReadOnlyList<Metric> Retrieval { get; } =
    [
        new("any-hit@5", (ranked, relevant) => AnyHit(ranked, relevant, 5)),
        new("recall-all@10", (ranked, relevant) => RecallAll(ranked, relevant, 10)),
        new("MRR", ReciprocalRank),
        new("nDCG@10", (ranked, relevant) => Ndcg(ranked, relevant, 10)),
    ];

    /// <summary>1 if one of the first so many is relevant.</summary>
    public static double AnyHit(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, double> relevant, int first) =>
        ranked.Take(first).Any(relevant.ContainsKey) ? 1 : 0;

    /// <summary>The share of all that is relevant that is among the first so many.</summary>
    public static double RecallAll(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, double> relevant, int first) =>
        (double)ranked.Take(first).Count(relevant.ContainsKey) / relevant.Count;

    /// <summary>1 / the place of the first that is relevant; 0 without one.</summary>
    public static double ReciprocalRank(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, double> relevant)
    {
        int place = 1 + ranked.TakeWhile(id => !relevant.ContainsKey(id)).Count();
        return place > ranked.Count ? 0 : 1.0 / place;
    }

    /// <summary>Grades as gains, discounted by log2(place + 1), against the best order there could be.</summary>
    public static double Ndcg(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, double> relevant, int first)
    {
        return Discounted(ranked.Take(first).Select(id => relevant.GetValueOrDefault(id))) / Discounted(relevant.Values.OrderDescending().Take(first));

        static double Discounted(IEnumerable<double> gains) => gains.Select((gain, i) => gain / Math.Log2(i + 2)).Sum();
    }

    /// <summary>Rank correlation, -1 to 1; equal values share the mean of their ranks.</summary>
    public static double Spearman(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Correlation(Ranks(a), Ranks(b));

    /// <summary>How often a positive has more than a negative, of all pairs of the two; equal counts half. 0.5 is chance.</summary>
    public static double Auroc(ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives)
    {
        double[] ranks = Ranks([.. positives, .. negatives]);
        double least = positives.Length * (positives.Length + 1) / 2.0;
        return (ranks.AsSpan(0, positives.Length).ToArray().Sum() - least) / positives.Length / negatives.Length;
    }

    /// <summary>The highest limit that at least this share of the values reaches.</summary>
    public static double FloorThatKeeps(double share, ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted[(int)Math.Floor((1 - share) * sorted.Length + 1e-9)];
    }

    /// <summary>How many of the values reach the limit, as a share.</summary>
    public static double ShareFrom(double limit, ReadOnlySpan<double> values)
    {
        int reached = 0;
        foreach (double value in values)
            reached += value >= limit ? 1 : 0;
        return (double)reached / values.Length;
    }

    /// <summary>From 1.</summary>
    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] places = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, places);
        double[] ranks = new double[sorted.Length];
        for (int i = 0; i < sorted.Length;)
        {
            int end = i;
            while (end < sorted.Length && sorted[end] == sorted[i])
                end++;
            foreach (int place in places.AsSpan(i, end - i))
                ranks[place] = (i + 1 + end) / 2.0;
            i = end;
        }

        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average(), product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double fromA = a[i] - meanA, fromB = b[i] - meanB;
            product += fromA * fromB;
            squareA += fromA * fromA;
            squareB += fromB * fromB;
        }

        return product / Math.Sqrt(squareA * squareB);
    }
}
