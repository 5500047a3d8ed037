using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Benchmarks.Load;

/// <summary>
/// Many at once: short-lived <c>recall search</c> processes at random moments, sessions that stay connected, a bulk import. First the queries alone,
/// then all together, then the import alone; by turns. Afterwards the same storm on what could stand in the host's place.
/// </summary>
internal static class LoadPart
{
    private const int ChunksBefore = 1_000;

    /// <summary>What a run of the model may take: so much longer a query may wait behind one. Not what it took, which a busy machine makes as long as you like.</summary>
    private const double OneRunMs = 50;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(Bench bench)
    {
        if (OperatingSystem.IsWindows())
        {
            bench.Say("not measured on Windows");
            return;
        }

        LoadSizes sizes = bench.Options.Load;
        await using (RealHost host = await RealHost.StartAsync(bench.Stores.WithChunks(ChunksBefore)))
        {
            await host.WarmUpAsync(200);
            await OneClient.RunAsync(bench, host);
            var run = new Run(bench, sizes, host);
            await run.WarmUpAsync();
            for (int round = 0; round < sizes.Rounds; round++)
                await run.RoundAsync(round);
            run.Report();
        }

        await SideBySide.RunAsync(bench, sizes);
    }

    private sealed class Run(Bench bench, LoadSizes sizes, RealHost host)
    {
        private readonly Phase _alone = new("queries alone");
        private readonly Phase _import = new("import alone");
        private readonly Phase _together = new("all together");

        /// <summary>A quarter of an import, so that what follows finds a host that has done all of it before.</summary>
        public Task WarmUpAsync() => PhaseAsync(new Phase("warm-up"), seed: 1, queries: false, memories: sizes.Memories / 4);

        public async Task RoundAsync(int round)
        {
            int seed = 10 * (round + 1);
            await PhaseAsync(_alone, seed, queries: true, memories: 0);
            await PhaseAsync(_together, seed + 1, queries: true, sizes.Memories);
            // Last, so that the minute that the host looks back at the end of the next phase has no queries of this one.
            await PhaseAsync(_import, seed + 2, queries: false, sizes.Memories);
        }

        public void Report()
        {
            bench.Report.Add(new Table(
                $"load: milliseconds, {sizes.Sessions} sessions and {sizes.Rate} recall processes a second",
                ["what", "alone p50", "p95", "p99", "n", "under load p50", "p95", "p99", "n"],
                [
                    Line("recall search, start to end of the process", phase => phase.Clients.WallMs),
                    Line("a session's search, as the session sees it", phase => phase.Sessions.WallMs),
                    Line("a search, as the host sees it", phase => phase.Host.Select(times => times.TotalMs)),
                    Line("of which until its vector is there", phase => phase.Host.Select(times => times.EmbedMs)),
                    Line("of which the index", phase => phase.Host.Select(times => times.SearchMs)),
                    .. _together.Model is null ? (string[][])[] : [
                        Line("a query's wait for its run (last round)", phase => phase.Model?.QueryWaitMs),
                        Line("a run of the model (last round)", phase => phase.Model?.RunMs),
                    ],
                ]));
            AddP99("recall search, p99 under load", phase => phase.Clients.WallMs);
            AddP99("a session's search, p99 under load", phase => phase.Sessions.WallMs);
            AddP99("a search in the host, p99 under load", phase => phase.Host.Select(times => times.TotalMs));
            bench.Add("searches failed or degraded", "", [_alone.Failed + _together.Failed], Goal.Under(1), $"of {_alone.Asked + _together.Asked}");
            bench.Add("import alone", "tokens/s", _import.TokensPerSecond);
            bench.Add("import alone", "chunks/s", _import.ChunksPerSecond);
            bench.Add("import under load", "tokens/s", _together.TokensPerSecond);
            bench.Add("import under load", "chunks/s", _together.ChunksPerSecond);
            foreach (Phase phase in (Phase[])[_alone, _import, _together])
                bench.Add($"processor: {phase.Name}", "cores", phase.Cores, note: phase.ProcessorNote);
            ReportMemory();
        }

        private void ReportMemory()
        {
            if (_together.Memory.Count == 0)
                return;
            MemorySample[] busy = [.. _together.Memory];
            bench.Add(
                "ten sessions and the host under load", "MB", [busy.Max(sample => sample.Of(Role.Host, Role.Session))], Goal.Under(400),
                $"PSS, greatest of {busy.Length} seconds; sessions {busy.Max(sample => sample.Of(Role.Session)):0} MB");
            bench.Add("recall processes under load", "MB", [busy.Max(sample => sample.Of(Role.Client))], note: "PSS, all that lived in the same moment");
            MemorySample[] all = [.. _alone.Memory.Concat(_import.Memory).Concat(_together.Memory).OrderBy(sample => sample.At)];
            bench.Add("host over time", "MB", all.Select(sample => sample.HostRssMb), note: $"RSS, {all.Length} seconds of all phases");
            bench.Add("host under load, last third / first third", "", [Third(busy, 2) / Third(busy, 0)], Goal.Under(1.1), $"{Third(busy, 0):0} to {Third(busy, 2):0} MB, {Slope(busy):+0.0;-0.0} MB a minute");
        }

        private void AddP99(string what, Func<Phase, IEnumerable<double>> values)
        {
            double alone = Answers.P99(values(_alone));
            bench.Add(what, "ms", [Answers.P99(values(_together))], Goal.Under(Math.Round(3 * alone + OneRunMs)), $"3 x {Spread.Number(alone)} alone + {OneRunMs} for one run");
        }

        private string[] Line(string what, Func<Phase, QuantilesStatus?> values) =>
            [what, .. ((Phase[])[_alone, _together]).Select(values).SelectMany(value => value is null
                ? (string[])["", "", "", ""]
                : [Spread.Number(value.P50), Spread.Number(value.P95), Spread.Number(value.P99), $"{value.Count}"])];

        private string[] Line(string what, Func<Phase, IEnumerable<double>> values) =>
            [what, .. Answers.Percentiles(values(_alone)), $"{values(_alone).Count()}", .. Answers.Percentiles(values(_together)), $"{values(_together).Count()}"];

        private async Task PhaseAsync(Phase phase, int seed, bool queries, int memories)
        {
            string texts = Directory.CreateTempSubdirectory("localrecall-texts-").FullName;
            try
            {
                IReadOnlyList<TokenizedText> chunks = Write(texts, memories, seed);
                await using var storm = new Storm(
                    bench.Stores.Queries, [(HomeFolder.Variable, host.Home), (HostProcess.PathVariable, BenchPaths.Program(HostProcess.Name))], () => host.Id);
                string recall = BenchPaths.Program("recall");
                if (queries)
                {
                    storm.BeginSessions(sizes.Sessions, int.MaxValue, loop => [BenchPaths.Session, host.Home, .. loop.ToWords()]);
                    await Task.Delay(Lead); // all are connected
                }

                DateTimeOffset from = DateTimeOffset.UtcNow;
                TimeSpan processorBefore = host.Processor;
                Child? importing = memories > 0 ? storm.Begin(Role.Bulk, [recall, "import", "--json", texts]) : null;
                Task ended = importing is null ? Task.Delay(TimeSpan.FromSeconds(sizes.Seconds)) : importing.Ended;
                if (queries)
                    await storm.BeginClientsAsync(sizes.Rate, seed, _ => !ended.IsCompleted, query => [recall, "search", "--json", query]);
                await ended;
                DateTimeOffset until = DateTimeOffset.UtcNow;
                TimeSpan processor = host.Processor - processorBefore;
                phase.Model = await ModelAsync();
                MemorySample[] memory = [.. storm.Memory.Where(sample => sample.At >= from && sample.At < until)];
                File.WriteAllText(storm.Stop, "");
                (IReadOnlyList<ChildEnd> ends, int killed) = await storm.EndAsync(Patience);
                phase.Add(ends, killed, from, until, processor, memory);
                if (importing is not null)
                    phase.AddImport(await importing.Ended, chunks);
                bench.Say($"{phase.Name}: {(until - from).TotalSeconds:0.0} s, {ends.Count(end => end.Role == Role.Client)} recall processes, {phase.Failed} failed so far{(ends.FirstOrDefault(end => end.Problem is not null) is { } failed ? $": {failed.Problem}" : "")}");
            }
            finally
            {
                Directory.Delete(texts, recursive: true);
            }
        }

        private async Task<ModelActivity?> ModelAsync()
        {
            await using RecallClient client = await host.ConnectAsync();
            return (await client.StatusAsync()).Model.Activity;
        }

        /// <returns>The chunks that the host will make of them.</returns>
        private IReadOnlyList<TokenizedText> Write(string folder, int count, int seed)
        {
            if (count == 0)
                return [];
            GeneratedMemories.Write(folder, bench.Corpus, count, seed);
            return Corpus.Read(folder).Tokenize(bench.Model, int.MaxValue);
        }

        private static double Third(MemorySample[] samples, int third) =>
            Spread.Of(samples[(samples.Length * third / 3)..Math.Max(samples.Length * (third + 1) / 3, samples.Length * third / 3 + 1)].Select(sample => sample.HostRssMb)).Median;

        /// <summary>MB a minute, by least squares; pauses between rounds do not count.</summary>
        private static double Slope(MemorySample[] samples)
        {
            double middle = (samples.Length - 1) / 2.0;
            double mean = samples.Average(sample => sample.HostRssMb);
            double spread = samples.Select((_, i) => (i - middle) * (i - middle)).Sum();
            return spread == 0 ? 0 : 60 * samples.Select((sample, i) => (i - middle) * (sample.HostRssMb - mean)).Sum() / spread;
        }
    }

    /// <summary>What was seen in one kind of phase, over all rounds.</summary>
    private sealed record Phase(string Name)
    {
        private TimeSpan _hostProcessor;
        private TimeSpan _clientProcessor;
        private TimeSpan _sessionProcessor;
        private double _seconds;
        private int _lost;

        /// <summary>What the host says of the last minute, at the end of the last round.</summary>
        public ModelActivity? Model { get; set; }

        public Answers Clients { get; } = new();

        public Answers Sessions { get; } = new();

        public List<MemorySample> Memory { get; } = [];

        public List<double> TokensPerSecond { get; } = [];

        public List<double> ChunksPerSecond { get; } = [];

        /// <summary>Processors busy with host, clients and sessions, a value for each round.</summary>
        public List<double> Cores { get; } = [];

        public IEnumerable<HostTimes> Host => Clients.Host.Concat(Sessions.Host);

        public int Asked => Clients.Asked + Sessions.Asked;

        public int Failed => Clients.Failed + Sessions.Failed + Clients.Degraded + Sessions.Degraded + _lost;

        public string ProcessorNote =>
            $"in {_seconds:0} s: host {_hostProcessor.TotalSeconds:0.0} s, recall processes {_clientProcessor.TotalSeconds:0.0} s, sessions {_sessionProcessor.TotalSeconds:0.0} s";

        public void Add(IReadOnlyList<ChildEnd> ends, int killed, DateTimeOffset from, DateTimeOffset until, TimeSpan hostProcessor, IEnumerable<MemorySample> memory)
        {
            foreach (ChildEnd end in ends)
            {
                if (end.Role == Role.Client)
                    Clients.AddProcess(end);
                else if (end.Role == Role.Session)
                    Sessions.AddSession(end, from, until);
            }

            TimeSpan clients = Sum(ends, Role.Client) + Sum(ends, Role.Bulk);
            TimeSpan sessions = Sum(ends, Role.Session);
            (_hostProcessor, _clientProcessor, _sessionProcessor) = (_hostProcessor + hostProcessor, _clientProcessor + clients, _sessionProcessor + sessions);
            _lost += killed;
            _seconds += (until - from).TotalSeconds;
            Cores.Add((hostProcessor + clients + sessions) / (until - from));
            Memory.AddRange(memory);
        }

        public void AddImport(ChildEnd end, IReadOnlyList<TokenizedText> chunks)
        {
            if (end.ExitCode != 0)
                throw new BenchException($"The import ended with {end.ExitCode}: {end.Errors}");
            ChunksPerSecond.Add(chunks.Count / end.Wall.TotalSeconds);
            TokensPerSecond.Add(chunks.Sum(chunk => chunk.TokenIds.Length) / end.Wall.TotalSeconds);
        }

        private static TimeSpan Sum(IEnumerable<ChildEnd> ends, Role role) =>
            ends.Where(end => end.Role == role).Aggregate(TimeSpan.Zero, (sum, end) => sum + end.Processor);
    }
}
