using LocalRecall.Contracts.Messages;
using LocalRecall.Evaluation.Measures;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <summary>What the host said of itself.</summary>
/// <param name="Model">Name and revision.</param>
internal sealed record HostFacts(string Version, string Model)
{
    public static HostFacts Of(HostStatus status) => new(status.HostVersion, status.Model.Id);
}

/// <param name="Sha256">First 16 hex digits, over the set's files.</param>
/// <param name="Host">Null: no row needed one.</param>
internal abstract record SetResult(string Name, string Kind, string Granularity, string Sha256, IReadOnlyList<string> Files, int N, HostFacts? Host);

/// <param name="Duplicates">Of the documents; each has the same text as another, and counts as that one.</param>
/// <param name="Rows">Empty for grep alone.</param>
/// <param name="Abstention">Null: the set has no questions without an answer, or hybrid was not asked.</param>
internal sealed record RetrievalResult(
    string Name, string Kind, string Granularity, string Sha256, IReadOnlyList<string> Files, int N, int Documents, int Duplicates, int Projects, string Note,
    double ImportSeconds, HostFacts? Host, IReadOnlyList<RowResult> Rows, IReadOnlyList<Verdict> Verdicts, AbstentionResult? Abstention)
    : SetResult(Name, Kind, Granularity, Sha256, Files, N, Host);

internal sealed record PairResult(
    string Name, string Kind, string Granularity, string Sha256, IReadOnlyList<string> Files, int N, HostFacts? Host, Estimate Spearman)
    : SetResult(Name, Kind, Granularity, Sha256, Files, N, Host);

/// <param name="Metrics">By name.</param>
internal sealed record RowResult(string Name, IReadOnlyList<string> Settings, IReadOnlyDictionary<string, Measured> Metrics);

/// <param name="AgainstHybrid">Paired by question; null: this is hybrid, or it was not asked.</param>
internal sealed record Measured(Estimate Estimate, Estimate? AgainstHybrid);

/// <summary>Hybrid against the best single method.</summary>
/// <param name="Difference">Of hybrid, less that of <paramref name="BestSingle"/>.</param>
/// <param name="Outcome"><c>better</c> or <c>worse</c> if the interval leaves out zero, else <c>level</c>.</param>
internal sealed record Verdict(string Metric, string BestSingle, Estimate Difference, string Outcome)
{
    /// <param name="values">Of each row, each metric, each question.</param>
    /// <returns>Empty without hybrid or any single method.</returns>
    public static IReadOnlyList<Verdict> All(Dictionary<string, Dictionary<string, double[]>> values)
    {
        string[] single = [.. Evaluation.Rows.Single.Where(values.ContainsKey)];
        return values.TryGetValue(Evaluation.Rows.Hybrid, out Dictionary<string, double[]>? hybrid) && single.Length > 0
            ? [.. hybrid.Keys.Select(metric => Of(metric, single.MaxBy(row => values[row][metric].Average())!))]
            : [];

        Verdict Of(string metric, string best)
        {
            Estimate difference = Bootstrap.Difference(hybrid[metric], values[best][metric]);
            return new Verdict(metric, best, difference, difference.Low > 0 ? "better" : difference.High < 0 ? "worse" : "level");
        }
    }
}

/// <summary>How well the first hit tells questions that have an answer from those that have none.</summary>
/// <param name="Answerable">Questions.</param>
internal sealed record AbstentionResult(int Answerable, IReadOnlyList<AbstentionRow> Rows)
{
    public static AbstentionResult Of(IReadOnlyList<Found> answerable, IReadOnlyList<Unanswerable> questions, IReadOnlyList<Found> found)
    {
        (string Name, Func<Found, double> Value)[] signals = [("confidence", one => one.Confidence), ("top cosine", one => one.Cosine)];
        return new AbstentionResult(answerable.Count,
        [
            .. questions.Zip(found).GroupBy(one => one.First.Why).SelectMany(why => signals.Select(signal =>
            {
                double[] positives = [.. answerable.Select(signal.Value)];
                double[] negatives = [.. why.Select(one => signal.Value(one.Second))];
                return new AbstentionRow(
                    why.Key, negatives.Length, signal.Name, Bootstrap.Auroc(positives, negatives),
                    AbstentionRow.KeptShares.ToDictionary(kept => kept.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture), kept => Metrics.RefusedAt(kept, positives, negatives)));
            })),
        ]);
    }
}

/// <param name="N">Questions without an answer.</param>
/// <param name="Refused">Their share that is refused where this share of those with an answer is kept: points of the ROC.</param>
internal sealed record AbstentionRow(string Why, int N, string Signal, Estimate Auroc, IReadOnlyDictionary<string, double> Refused)
{
    public static IReadOnlyList<double> KeptShares { get; } = [0.99, 0.95, 0.90, 0.80];
}
