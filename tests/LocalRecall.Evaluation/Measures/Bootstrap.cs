namespace LocalRecall.Evaluation.Measures;

/// <param name="Low">The value's 95% interval begins here.</param>
internal sealed record Estimate(double Value, double Low, double High);

/// <summary>How far a number is chance: the middle 95% of what it is on samples drawn with replacement. Always the same for the same numbers.</summary>
internal static class Bootstrap
{
    public const int Samples = 2000;
    public const int Seed = 1;

    public static Estimate Mean(IReadOnlyList<double> values) => Of(values.Average(), [values.Count], draws => draws[0].Average(i => values[i]));

    /// <summary>The mean of <paramref name="values"/> less that of <paramref name="baseline"/>, where the same place is the same question.</summary>
    public static Estimate Difference(IReadOnlyList<double> values, IReadOnlyList<double> baseline) => Mean([.. values.Zip(baseline, (value, other) => value - other)]);

    public static Estimate Spearman(double[] a, double[] b) =>
        Of(Metrics.Spearman(a, b), [a.Length], draws => Metrics.Spearman(Drawn(a, draws[0]), Drawn(b, draws[0])));

    public static Estimate Auroc(double[] positives, double[] negatives) =>
        Of(Metrics.Auroc(positives, negatives), [positives.Length, negatives.Length], draws => Metrics.Auroc(Drawn(positives, draws[0]), Drawn(negatives, draws[1])));

    /// <param name="counts">Of each group that is drawn from by itself.</param>
    private static Estimate Of(double value, int[] counts, Func<int[][], double> measure)
    {
        var random = new Random(Seed);
        int[][] draws = [.. counts.Select(count => new int[count])];
        double[] measured = new double[Samples];
        for (int sample = 0; sample < Samples; sample++)
        {
            foreach (int[] draw in draws)
            {
                for (int i = 0; i < draw.Length; i++)
                    draw[i] = random.Next(draw.Length);
            }

            measured[sample] = measure(draws);
        }

        Array.Sort(measured);
        return new Estimate(value, measured[(int)(0.025 * Samples)], measured[(int)(0.975 * Samples) - 1]);
    }

    private static double[] Drawn(double[] values, int[] draw) => Array.ConvertAll(draw, i => values[i]);
}
