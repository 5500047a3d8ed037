using System.Diagnostics;
using LocalRecall.Benchmarks.Alternatives;
using LocalRecall.Client;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks.Load;

/// <summary>
/// The same storm, by turns, on LocalRecall and on each of the six ways to do without a host. Everything begins at once; a storm is over when every
/// process but the sessions' host has ended.
/// </summary>
internal static class SideBySide
{
    private const string Cold = "LocalRecall, no host yet";
    private const string Warm = "LocalRecall, host running";

    public static async Task RunAsync(Bench bench, LoadSizes sizes)
    {
        Outcome[] outcomes = [.. ((string[])[Warm, Cold, .. Alternative.All.Keys]).Select(design => new Outcome(design))];
        string texts = Directory.CreateTempSubdirectory("localrecall-texts-").FullName;
        try
        {
            GeneratedMemories.Write(texts, bench.Corpus, sizes.Bulk, seed: 1000);
            int tokens = Corpus.Read(texts).Tokenize(bench.Model, int.MaxValue).Sum(text => text.TokenIds.Length);
            for (int turn = 0; turn < sizes.Turns; turn++)
            {
                foreach (Outcome outcome in outcomes)
                {
                    await (outcome.Design is Cold or Warm ? LocalRecallAsync(bench, sizes, outcome, texts) : AlternativeAsync(bench, sizes, outcome, texts));
                    bench.Say(outcome.ToString());
                }
            }

            bench.Report.Add(new Table(
                $"side by side: {sizes.Clients} clients in {sizes.ClientSeconds} s, {sizes.Sessions} sessions, {sizes.Bulk} memories ({tokens} tokens); {sizes.Turns} turns",
                ["design", "client p50 s", "p99 s", "session p50 s", "p99 s", "bulk s", "over after s", "peak MB", "sessions MB", "processor s", "failed"],
                [.. outcomes.Select(outcome => outcome.ToCells())]));
            Compare(bench, outcomes);
        }
        finally
        {
            Directory.Delete(texts, recursive: true);
        }
    }

    private static void Compare(Bench bench, Outcome[] outcomes)
    {
        Outcome mailbox = outcomes.Single(outcome => outcome.Design == Warm);
        Outcome perProcess = outcomes.Single(outcome => outcome.Design == "model per process");
        if (mailbox.KeptMb.Count == 0 || perProcess.KeptMb.Count == 0)
            return;
        bench.Add("sessions and host, LocalRecall", "MB", mailbox.KeptMb, note: "PSS, greatest of a storm");
        bench.Add("sessions with a model each", "MB", perProcess.KeptMb, note: "PSS, greatest of a storm; the weights are counted once where processes share them");
    }

    private static async Task AlternativeAsync(Bench bench, LoadSizes sizes, Outcome outcome, string texts)
    {
        await using var storm = new Storm(bench.Stores.Queries, [], () => null);
        if (outcome.Design == "semaphore server")
            storm.Begin(Role.Server, AlternativeProcess.Server(storm.Folder, storm.Stop));
        await RunAsync(
            storm, sizes, outcome,
            loop => AlternativeProcess.Session(outcome.Design, storm.Folder, loop),
            query => AlternativeProcess.Client(outcome.Design, storm.Folder, query),
            AlternativeProcess.Bulk(outcome.Design, storm.Folder, texts),
            () => TimeSpan.Zero);
    }

    private static async Task LocalRecallAsync(Bench bench, LoadSizes sizes, Outcome outcome, string texts)
    {
        string home = Directory.CreateTempSubdirectory("localrecall-bench-home-").FullName;
        var options = new RecallClientOptions { Home = home, ClientName = "bench", Program = new HostProgram(BenchPaths.Program(HostProcess.Name), []) };
        string recall = BenchPaths.Program("recall");
        try
        {
            if (outcome.Design == Warm)
            {
                await using RecallClient client = await RecallClient.ConnectAsync(options);
                await client.SearchAsync("load the model");
            }

            TimeSpan before = ProcessorOf(home);
            await using var storm = new Storm(
                bench.Stores.Queries, [(HomeFolder.Variable, home), (HostProcess.PathVariable, options.Program.FileName)], () => EndpointFile.TryRead(home)?.Pid);
            await RunAsync(
                storm, sizes, outcome,
                loop => [BenchPaths.Session, home, .. loop.ToWords()],
                query => [recall, "search", "--json", query],
                [recall, "import", "--json", texts],
                () => ProcessorOf(home) - before);
        }
        finally
        {
            await using (var client = new RecallClient(options with { StartHost = false }))
                await client.StopHostAsync();
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task RunAsync(
        Storm storm, LoadSizes sizes, Outcome outcome, Func<SessionLoop, IReadOnlyList<string>> session, Func<string, IReadOnlyList<string>> client,
        IReadOnlyList<string> bulk, Func<TimeSpan> hostProcessor)
    {
        var patience = TimeSpan.FromSeconds(sizes.Patience);
        var watch = Stopwatch.StartNew();
        storm.BeginSessions(sizes.Sessions, sizes.ClientSeconds, session);
        storm.Begin(Role.Bulk, bulk);
        await storm.BeginClientsAsync((double)sizes.Clients / sizes.ClientSeconds, seed: 1, i => i < sizes.Clients, client);
        (IReadOnlyList<ChildEnd> ends, int killed) = await storm.EndAsync(3 * patience);
        outcome.Add(sizes, patience, ends, killed, watch.Elapsed, hostProcessor(), storm);
    }

    private static TimeSpan ProcessorOf(string home)
    {
        if (EndpointFile.TryRead(home) is not { } endpoint)
            return TimeSpan.Zero;
        using Process host = Process.GetProcessById(endpoint.Pid);
        return host.TotalProcessorTime;
    }

    /// <summary>What became of one design's storms.</summary>
    private sealed record Outcome(string Design)
    {
        private readonly Answers _clients = new();
        private readonly Answers _sessions = new();
        private readonly List<double> _bulkSeconds = [];
        private readonly List<double> _seconds = [];
        private readonly List<double> _peakMb = [];
        private readonly List<double> _sessionsMb = [];
        private readonly List<double> _processorSeconds = [];
        private readonly List<string> _mishaps = [];

        /// <summary>Memory of what stays: sessions and, where there is one, the host.</summary>
        public List<double> KeptMb { get; } = [];

        private int Failed => _clients.Failed + _sessions.Failed;

        public void Add(LoadSizes sizes, TimeSpan patience, IReadOnlyList<ChildEnd> ends, int killed, TimeSpan elapsed, TimeSpan hostProcessor, Storm storm)
        {
            int askedBefore = _sessions.Asked;
            foreach (ChildEnd end in ends)
            {
                if (end.Role == Role.Client)
                    _clients.AddProcess(end, patience);
                else if (end.Role == Role.Session)
                    _sessions.AddSession(end, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, patience);
                else if (end.Role == Role.Bulk && end.ExitCode == 0)
                    _bulkSeconds.Add(end.Wall.TotalSeconds);
            }

            _sessions.AddLost(sizes.Sessions * sizes.ClientSeconds - (_sessions.Asked - askedBefore));
            _seconds.Add(elapsed.TotalSeconds);
            _processorSeconds.Add((hostProcessor + ends.Aggregate(TimeSpan.Zero, (sum, end) => sum + end.Processor)).TotalSeconds);
            if (storm.Memory is { Count: > 0 } memory)
            {
                _peakMb.Add(memory.Max(sample => sample.TotalMb));
                _sessionsMb.Add(memory.Max(sample => sample.Of(Role.Session)));
                KeptMb.Add(memory.Max(sample => sample.Of(Role.Host, Role.Session)));
            }

            if (storm.OutOfMemory)
                _mishaps.Add("ended: the machine was out of memory");
            else if (killed > 0)
                _mishaps.Add($"{killed} processes killed at the end");
            if (ends.FirstOrDefault(end => end.Problem is not null) is { } failed)
                _mishaps.Add(failed.Problem!);
        }

        public string[] ToCells() =>
        [
            Design, Seconds(_clients.WallMs, 0.5), Seconds(_clients.WallMs, 0.99), Seconds(_sessions.WallMs, 0.5), Seconds(_sessions.WallMs, 0.99),
            Median(_bulkSeconds), Median(_seconds), Median(_peakMb), Median(_sessionsMb), Median(_processorSeconds),
            $"{Failed} of {_clients.Asked + _sessions.Asked}{string.Concat(_mishaps.Distinct().Select(mishap => $"; {mishap}"))}",
        ];

        public override string ToString() =>
            $"{Design}: client p50 {Seconds(_clients.WallMs, 0.5)} s, p99 {Seconds(_clients.WallMs, 0.99)} s, over after {Spread.Number(_seconds[^1])} s, peak {(_peakMb is [] ? "?" : Spread.Number(_peakMb[^1]))} MB, failed {Failed}{string.Concat(_mishaps.Select(mishap => $"; {mishap}"))}";

        private static string Seconds(IReadOnlyList<double> wallMs, double share) => wallMs is [] ? "" : $"{Spread.Percentile([.. wallMs.Order()], share) / 1000:0.000}";

        private static string Median(IReadOnlyList<double> values) => values is [] ? "" : Spread.Number(Spread.Of(values).Median);
    }
}
