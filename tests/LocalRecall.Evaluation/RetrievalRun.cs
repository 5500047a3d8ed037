using System.Diagnostics;
using LocalRecall.Benchmarks;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Evaluation.Measures;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <summary>All rows of one set: imported once for each index that they need, asked once for each row.</summary>
internal sealed class RetrievalRun(RetrievalSet set, EvalOptions options)
{
    private readonly Progress _progress = new(set.Name);
    private readonly Dictionary<string, IReadOnlyList<IReadOnlyList<string>>> _ranked = [];
    private double _importSeconds;
    private HostFacts? _host;
    private Dictionary<string, string>? _ranking;
    private AbstentionResult? _abstention;

    public async Task<RetrievalResult> RunAsync(CancellationToken stop)
    {
        foreach (IGrouping<string, Row> index in options.Rows.Where(row => row.Name != Rows.Grep).GroupBy(row => string.Join('\n', row.Import)))
            await RunIndexAsync([.. index], stop);
        if (options.Rows.Any(row => row.Name == Rows.Grep))
            _ranked[Rows.Grep] = GrepRow.Run(set, Searcher.Depth);

        Dictionary<string, Dictionary<string, double[]>> values = _ranked.ToDictionary(row => row.Key, row => Metrics.Retrieval.ToDictionary(
            metric => metric.Name, metric => row.Value.Select((ids, i) => metric.Of(ids, set.Questions[i].Relevant)).ToArray()));
        return new RetrievalResult(
            set.Name, set.Kind, set.Granularity, set.ContentHash, [.. set.Files.Select(file => Path.GetFileName(file))], set.Questions.Count, set.Collections.Sum(collection => collection.Documents.Count),
            set.Collections.Sum(collection => collection.Documents.Count(document => collection.Canonical[document.Id] != document.Id)), set.Collections.Count,
            set.Note, _importSeconds, _host, _ranking,
            [
                .. options.Rows.Select(row => new RowResult(row.Name, [.. row.Settings.Select(setting => setting.ToString())], Metrics.Retrieval.ToDictionary(
                    metric => metric.Name,
                    metric => new Measured(
                        Bootstrap.Mean(values[row.Name][metric.Name]),
                        row.Name != Rows.Hybrid && values.TryGetValue(Rows.Hybrid, out var hybrid) ? Bootstrap.Difference(values[row.Name][metric.Name], hybrid[metric.Name]) : null)))),
            ],
            Verdict.All(values), _abstention);
    }

    private async Task RunIndexAsync(IReadOnlyList<Row> rows, CancellationToken stop)
    {
        string index = string.Join('-', rows[0].Import.Select(setting => $"{setting.Key.Split('.')[^1]}-{setting.Value}"));
        using var home = new EvalHome(options.Keep ? Path.Combine(BenchPaths.Root, "artifacts", "eval", $"{set.Name}-{set.ContentHash}{(index.Length > 0 ? $"-{index}" : "")}") : null);
        var searcher = new Searcher(set, home, _progress);
        await UseHostAsync(home, rows[0].Import, async client =>
        {
            long started = Stopwatch.GetTimestamp();
            await home.ImportAsync(client, set, _progress.OfImport("importing"), stop);
            _importSeconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            _progress.Say($"imported in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        });
        foreach (Row row in rows)
        {
            long started = Stopwatch.GetTimestamp();
            await UseHostAsync(home, row.Settings, async client =>
            {
                Found[] found = await searcher.RunAsync(client, [.. set.Questions.Select(question => (question.Text, question.Collection))], row.Floor, $"{row.Name}:", stop);
                _ranked[row.Name] = [.. found.Select(one => one.Documents)];
                _host ??= HostFacts.Of(await client.StatusAsync(cancellation: stop));
                if (row.Name == Rows.Hybrid)
                    await LookAtHybridAsync(client, searcher, found, stop);
            });
            _progress.Say($"{row.Name} took {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        }
    }

    private async Task LookAtHybridAsync(RecallClient client, Searcher searcher, IReadOnlyList<Found> answerable, CancellationToken stop)
    {
        SearchExplanation inForce = (await client.SearchAsync(set.Questions[0].Text, explain: true, cancellation: stop)).Explanation
            ?? throw new EvalException("The host does not explain its searches.");
        _ranking = inForce.Options.ToDictionary(option => option.Name, option => option.Value);
        if (set.Unanswerable.Count == 0)
            return;
        Found[] found = await searcher.RunAsync(client, [.. set.Unanswerable.Select(question => (question.Text, question.Collection))], floor: false, "without an answer:", stop);
        _abstention = AbstentionResult.Of(answerable, set.Unanswerable, found, inForce.MinConfidence);
    }

    private async Task UseHostAsync(EvalHome home, IEnumerable<Setting> settings, Func<RecallClient, Task> work)
    {
        await using RealHost host = await home.StartAsync([.. options.Set, .. settings]);
        await using RecallClient client = await host.ConnectAsync();
        await work(client);
    }
}
