using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LocalRecall.Benchmarks;
using LocalRecall.Evaluation.Measures;

namespace LocalRecall.Evaluation;

/// <summary>The sets of one run, and where the numbers come from.</summary>
internal sealed class Report(EvalOptions options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        DictionaryKeyPolicy = null,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of <see cref="AbstentionRow.KeptShares"/>.</summary>
    private static readonly double[] ShownShares = [0.95, 0.9, 0.8];

    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly List<SetResult> _sets = [];

    public void Add(SetResult set) => _sets.Add(set);

    public void Print(TextWriter output)
    {
        string item = options.Markdown ? "- " : "";
        foreach ((string name, string value) in Facts())
            output.WriteLine($"{item}{name}: {value}");
        foreach (SetResult set in _sets)
        {
            output.WriteLine($"\n{(options.Markdown ? "## " : "")}{set.Name}");
            output.WriteLine();
            switch (set)
            {
                case RetrievalResult retrieval:
                    Print(output, retrieval);
                    break;
                case PairResult pairs:
                    output.WriteLine($"n = {pairs.N:N0} pairs, by {pairs.Granularity}; {Source(pairs)}\n");
                    Table(output, ["row", "Spearman"], [[Rows.Vector, Text(pairs.Spearman)]]);
                    break;
            }
        }
    }

    /// <returns>Where it is.</returns>
    public string Save()
    {
        string path = options.Json ?? Path.Combine(BenchPaths.Root, "artifacts", "eval", $"{_startedAt:yyyy-MM-dd'T'HH-mm-ss}.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream stream = File.Create(path);
        JsonSerializer.Serialize(
            stream, new { StartedAt = _startedAt, Facts = Facts().ToDictionary(fact => fact.Name, fact => fact.Value), Sets = _sets.Select(set => (object)set) }, Json);
        return path;
    }

    private IEnumerable<(string Name, string Value)> Facts()
    {
        yield return ("machine", $"{Machine.Description}, {Machine.System}");
        HostFacts[] hosts = [.. _sets.Select(set => set.Host).OfType<HostFacts>().Distinct()];
        if (hosts.Length > 0)
        {
            yield return ("LocalRecall", string.Join(", ", hosts.Select(host => host.Version).Distinct()));
            yield return ("model", string.Join(", ", hosts.Select(host => host.Model).Distinct()));
        }

        yield return ("settings", options.Set.Count == 0 ? "as shipped" : string.Join("; ", options.Set));
        if (options.Limit < int.MaxValue)
            yield return ("limit", $"{options.Limit} questions of each set");
        yield return ("intervals", $"95%, bootstrap with {Bootstrap.Samples} samples, seed {Bootstrap.Seed}");
    }

    private void Print(TextWriter output, RetrievalResult set)
    {
        output.WriteLine(
            $"n = {set.N:N0} questions, by {set.Granularity}: {set.Documents:N0} in {set.Projects} {(set.Projects == 1 ? "project" : "projects")}; {Source(set)}"
            + (set.Duplicates == 0 ? "" : $"; {set.Duplicates} with a text that was there already count as the first")
            + (set.Note.Length == 0 ? "" : $"; {set.Note}")
            + "\n");
        string[] metrics = [.. Metrics.Retrieval.Select(metric => metric.Name)];
        Table(output, ["row", .. metrics], set.Rows.Select(row => (string[])[row.Name, .. metrics.Select(metric => Text(row.Metrics[metric]))]));
        if (set.Verdicts.Count > 0)
            output.WriteLine($"\nHybrid against the best single method: {string.Join("; ", set.Verdicts.Select(verdict => $"{verdict.Metric} {verdict.Outcome} than {verdict.BestSingle}, {Signed(verdict.Difference)}".Replace("level than", "level with")))}");
        if (set.Abstention is { } abstention)
        {
            output.WriteLine(
                $"\nAbstention: {abstention.Answerable:N0} questions with an answer against those without. The floor of searches is a confidence of {abstention.Floor.ToString(CultureInfo.InvariantCulture)}: {Percent(abstention.Kept)} of those with an answer get anything.\n");
            Table(
                output, ["asked", "n", "by", "AUROC", "refused at the floor", .. ShownShares.Select(kept => $"at {Percent(kept)} kept")],
                abstention.Rows.Select(row => (string[])
                [
                    row.Why, row.N.ToString(CultureInfo.InvariantCulture), row.Signal, Text(row.Auroc), row.RefusedAtFloor is { } refused ? Percent(refused) : "",
                    .. ShownShares.Select(kept => Percent(row.Roc[AbstentionRow.KeptShares.IndexOf(kept)].Refused)),
                ]));
        }
    }

    private void Table(TextWriter output, IReadOnlyList<string> columns, IEnumerable<string[]> lines)
    {
        if (!options.Markdown)
        {
            TextTable.Print(output, columns, lines);
            return;
        }

        foreach (string line in TextTable.Markdown(columns, lines))
            output.WriteLine(line);
    }

    private static string Source(SetResult set) => $"{string.Join(" + ", set.Files)}, SHA-256 {set.Sha256}…";

    private static string Text(Estimate estimate) => $"{Number(estimate.Value)} ({Number(estimate.Low)} … {Number(estimate.High)})";

    private static string Text(Measured measured) => measured.AgainstHybrid is { } difference
        ? $"{Number(measured.Estimate.Value)}  {Signed(difference)}"
        : Text(measured.Estimate);

    private static string Signed(Estimate difference) => $"{Sign(difference.Value)} ({Sign(difference.Low)} … {Sign(difference.High)})";

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static string Sign(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);
}
