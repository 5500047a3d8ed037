using System.Diagnostics;
using LocalRecall.Benchmarks.Alternatives;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Benchmarks.Load;

/// <summary>A single client on a quiet machine, with a host and with a model of its own; by turns. What the storms' numbers begin from.</summary>
internal static class OneClient
{
    public static async Task RunAsync(Bench bench, RealHost host)
    {
        int rounds = bench.Quick ? 3 : 9;
        int asked = 0;
        string Question() => $"{bench.Stores.Queries[asked % bench.Stores.Queries.Count]} one{++asked}";
        (string What, Func<string[]> Command)[] programs =
        [
            ("one recall search alone", () => [BenchPaths.Program("recall"), "search", "--json", Question()]),
            ("one client with its own model alone", () => AlternativeProcess.Client("model per process", "", Question())),
            ("the same without loading the model", () => AlternativeProcess.Start(Question())),
        ];
        (string, string)[] environment = [(HomeFolder.Variable, host.Home)];
        Dictionary<string, List<double>> wallMs = programs.ToDictionary(program => program.What, _ => new List<double>());
        Dictionary<string, List<double>> processorMs = programs.ToDictionary(program => program.What, _ => new List<double>());
        for (int round = -1; round < rounds; round++)
        {
            foreach ((string what, Func<string[]> command) in programs)
            {
                (TimeSpan wall, TimeSpan processor) = ChildProcess.Time(command(), environment);
                if (round < 0)
                    continue; // fills the file caches
                wallMs[what].Add(wall.TotalMilliseconds);
                processorMs[what].Add(processor.TotalMilliseconds);
            }
        }

        foreach ((string what, Func<string[]> command) in programs)
        {
            string peak = ChildProcess.PeakBytes(command(), environment) is { } bytes ? $", peak {bytes / 1e6:0} MB" : "";
            bench.Add(what, "ms", wallMs[what], note: $"processor {Spread.Number(Spread.Of(processorMs[what]).Median)} ms{peak}");
        }

        await HopAsync(bench, host, Question, rounds * 20);
    }

    /// <summary>The same query to a model in this process and to the host over an open connection.</summary>
    private static async Task HopAsync(Bench bench, RealHost host, Func<string> question, int rounds)
    {
        List<double> ownMs = [], hostMs = [];
        using IEmbedder own = bench.Model.Open();
        var vector = new float[bench.Model.Model.Dimensions];
        await using RecallClient client = await host.ConnectAsync();
        for (int i = 0; i < rounds; i++)
        {
            string query = question();
            long started = Stopwatch.GetTimestamp();
            own.Embed([TokenizedText.Of(query, EmbeddingPurpose.Query, bench.Model).TokenIds], vector);
            ownMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            await client.EmbedAsync([query], isQuery: true);
            hostMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        bench.Add("one query to a model in the same process", "ms", ownMs);
        bench.Add("one query to the host's model", "ms", hostMs);
    }
}
