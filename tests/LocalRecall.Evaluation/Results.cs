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
/// <param name="Ranking">What is in force of <c>localrecall.ranking</c> in the row hybrid; null without that.</param>
/// <param name="Abstention">Null: the set has no questions without an answer, or hybrid was not asked.</param>
internal sealed record RetrievalResult(
    string Name, string Kind, string Granularity, string Sha256, IReadOnlyList<string> Files, int N, int Documents, int Duplicates, int Projects, string Note,
    double ImportSeconds, HostFacts? Host, IReadOnlyDictionary<string, string>? Ranking, IReadOnlyList<RowResult> Rows, IReadOnlyList<Verdict> Verdicts, AbstentionResult? Abstention)
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

/// <summary>How well what was found tells questions that have an answer from those that have none.</summary>
/// <param name="Answerable">Questions.</param>
/// <param name="Floor">The host's own for searches: <c>localrecall.search.min-confidence</c>.</param>
/// <param name="Kept">The share of <paramref name="Answerable"/> that gets anything with it.</param>
internal sealed record AbstentionResult(int Answerable, double Floor, double Kept, IReadOnlyList<AbstentionRow> Rows)
{
    private static readonly (string Name, Func<Found, double> Value)[] Signals = [(AbstentionRow.Confidence, one => one.Confidence), ("top cosine", one => one.Cosine)];

    public static AbstentionResult Of(IReadOnlyList<Found> answerable, IReadOnlyList<Unanswerable> questions, IReadOnlyList<Found> found, double floor) => new(
        answerable.Count, floor, Metrics.ShareFrom(floor, [.. answerable.Select(one => one.Confidence)]),
        [
            .. questions.Zip(found).GroupBy(one => one.First.Why).SelectMany(why => Signals.Select(signal =>
                AbstentionRow.Of(why.Key, signal.Name, [.. answerable.Select(signal.Value)], [.. why.Select(one => signal.Value(one.Second))], floor))),
        ]);
}

/// <param name="N">Questions without an answer.</param>
/// <param name="RefusedAtFloor">Their share that gets nothing with the host's own floor; null where that decides by another signal.</param>
/// <param name="Roc">The curve, from the lowest floor to the highest.</param>
internal sealed record AbstentionRow(string Why, int N, string Signal, Estimate Auroc, double? RefusedAtFloor, IReadOnlyList<RocPoint> Roc)
{
    public const string Confidence = "confidence";

    /// <summary>Shares of the questions with an answer to which the curve's points belong.</summary>
    public static List<double> KeptShares { get; } = [0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5];

    public static AbstentionRow Of(string why, string signal, double[] positives, double[] negatives, double floor) => new(
        why, negatives.Length, signal, Bootstrap.Auroc(positives, negatives),
        signal == Confidence ? 1 - Metrics.ShareFrom(floor, negatives) : null,
        [
            .. KeptShares.Select(kept => Metrics.FloorThatKeeps(kept, positives))
                .Select(limit => new RocPoint(limit, Metrics.ShareFrom(limit, positives), 1 - Metrics.ShareFrom(limit, negatives))),
        ]);
}

/// <summary>What a floor does.</summary>
/// <param name="Kept">Share of the questions with an answer at or above it.</param>
/// <param name="Refused">Share of those without one below it.</param>
internal sealed record RocPoint(double Floor, double Kept, double Refused);
