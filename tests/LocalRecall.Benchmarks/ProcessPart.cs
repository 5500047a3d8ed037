using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks;

/// <summary>One process from its start to its end, against a warm host: ours, and what it could have been; by turns. Every search asks something new.</summary>
internal static class ProcessPart
{
    public static async Task RunAsync(Bench bench)
    {
        if (OperatingSystem.IsWindows())
        {
            bench.Say("not measured on Windows");
            return;
        }

        int rounds = bench.Quick ? 5 : 15;
        await using RealHost host = await RealHost.StartAsync(bench.Stores.WithChunks(1_000));
        await host.WarmUpAsync(200);
        int asked = 0;
        string Question() => $"{bench.Stores.Queries[asked % bench.Stores.Queries.Count]} {++asked}";
        string recall = BenchPaths.Program("recall");
        (string, Func<string[]>)[] node = IsOnPath("node") ? [("node -e 1", () => ["node", "-e", "1"])] : [];
        (string What, Func<string[]> Command)[] programs =
        [
            ("recall search", () => [recall, "search", "--json", Question()]),
            ("recall --version", () => [recall, "--version"]),
            .. node,
            ("ActorSystem client", () => [Environment.ProcessPath!, ActorSystemClient.Option, host.Home, Question()]),
        ];
        Dictionary<string, List<double>> wallMs = programs.ToDictionary(program => program.What, _ => new List<double>());
        Dictionary<string, List<double>> processorMs = programs.ToDictionary(program => program.What, _ => new List<double>());
        Dictionary<string, List<double>> peakMb = programs.ToDictionary(program => program.What, _ => new List<double>());
        (string, string)[] environment = [(HomeFolder.Variable, host.Home)];
        for (int round = -1; round < rounds; round++)
        {
            // The first round fills the file caches.
            foreach ((string what, Func<string[]> command) in programs)
            {
                (TimeSpan wall, TimeSpan processor) = ChildProcess.Time(command(), environment);
                if (round >= 0)
                {
                    wallMs[what].Add(wall.TotalMilliseconds);
                    processorMs[what].Add(processor.TotalMilliseconds);
                }
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach ((string what, Func<string[]> command) in programs)
            {
                if (ChildProcess.PeakBytes(command(), environment) is { } bytes)
                    peakMb[what].Add(bytes / 1e6);
            }
        }

        foreach ((string what, _) in programs)
            bench.Add(what, "ms", wallMs[what], what == "recall search" ? Goal.Under(25) : null);
        foreach ((string what, _) in programs)
            bench.Add($"{what}, processor time", "ms", processorMs[what]);
        foreach ((string what, _) in programs.Where(program => peakMb[program.What].Count > 0))
            bench.Add($"{what}, peak memory", "MB", peakMb[what]);
        await WithinAsync(bench, host, Question, rounds);
    }

    internal static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>What of a search's time is the host's: the same over a connection that is open already.</summary>
    private static async Task WithinAsync(Bench bench, RealHost host, Func<string> question, int rounds)
    {
        await using RecallClient client = await host.ConnectAsync();
        List<double> callMs = [], embedMs = [], searchMs = [];
        for (int i = 0; i < rounds * 4; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Contracts.Messages.SearchResults results = await client.SearchAsync(question());
            callMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            embedMs.Add(results.Timings.EmbedMs);
            searchMs.Add(results.Timings.SearchMs);
        }

        bench.Add("a search over an open connection", "ms", callMs);
        bench.Add("of which the host embeds the query", "ms", embedMs);
        bench.Add("of which the host searches", "ms", searchMs);
    }
}
