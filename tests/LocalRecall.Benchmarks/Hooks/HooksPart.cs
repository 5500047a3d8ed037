using System.Diagnostics;
using System.Text.Json;
using LocalRecall.Client;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks.Hooks;

/// <summary>What an agent waits for: a hook at each prompt, an MCP session at its start and at each call; beside what they could have been, by turns.</summary>
internal sealed class HooksPart
{
    public const int AtOnce = Others + 1;

    private const int Others = 10;
    private const string PromptHook = "prompt hook";
    private const string FirstAnswer = "recall mcp, to its first answer";
    private const double SessionGoalMb = 15;

    private static readonly string[] Columns = ["what", "alone p50", "p99", $"with {Others} others p50", "p99"];

    private readonly Bench _bench;
    private readonly string _folder;
    private readonly string _recall = BenchPaths.Program("recall");
    private int _asked;

    private HooksPart(Bench bench, string folder) => (_bench, _folder) = (bench, folder);

    public static async Task RunAsync(Bench bench)
    {
        if (OperatingSystem.IsWindows())
        {
            bench.Say("not measured on Windows");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("localrecall-bench-hooks-").FullName;
        try
        {
            var part = new HooksPart(bench, folder);
            await using (RealHost host = await RealHost.StartAsync(bench.Stores.WithChunks(1_000)))
            {
                await host.WarmUpAsync(200);
                await part.ProgramsAsync(host);
                await part.SessionsAsync(host);
            }

            await part.ColdAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task ProgramsAsync(RealHost host)
    {
        int rounds = _bench.Quick ? 10 : 100;
        Turn hook = Prompt(host.Home);
        Turn[] node = ProcessPart.IsOnPath("node") ? [Plain("node -e 1", host.Home, () => ["node", "-e", "1"])] : [];
        Turn[] turns = [hook, .. node, Plain("ActorSystem client", host.Home, () => [Environment.ProcessPath!, ActorSystemClient.Option, host.Home, Question()])];
        List<double> lessEmbeddingMs = [];
        await using RecallClient client = await host.ConnectAsync();
        for (int round = -1; round < rounds; round++)
        {
            // The first round fills the file caches.
            foreach (Turn turn in turns)
                turn.Alone(keep: round >= 0);
            if (round >= 0)
                lessEmbeddingMs.Add(hook.WallMs[^1] - (await client.SearchAsync(Question())).Timings.EmbedMs);
        }

        for (int round = 0; round < rounds / 10; round++)
        {
            foreach (Turn turn in turns)
            {
                await turn.TogetherAsync();
                turn.Peak();
            }
        }

        _bench.Add(PromptHook, "ms", hook.WallMs, note: Answered(host.Home));
        _bench.Add($"{PromptHook} less the embedding of a prompt", "ms", lessEmbeddingMs, Goal.Under(20));
        foreach (Turn other in turns[1..])
            _bench.Add($"{other.What} / {PromptHook}", "", other.WallMs.Zip(hook.WallMs, (theirs, ours) => theirs / ours));
        _bench.Report.Add(new Table(
            "One process, host warm: ms of wall time", [.. Columns, "processor p50", "peak MB p50"],
            [.. turns.Select(turn => (string[])[turn.What, .. Percentiles(turn.WallMs, turn.TogetherMs), Percentile(turn.ProcessorMs, 0.5), Percentile(turn.PeakMb, 0.5)])]));
    }

    /// <summary>Sessions one at a time, and with others that begin and ask at the same time.</summary>
    private async Task SessionsAsync(RealHost host)
    {
        var (alone, together) = (new McpSessions(), new McpSessions());
        for (int round = 0; round < (_bench.Quick ? 1 : 10); round++)
        {
            for (int i = 0; i < AtOnce; i++)
                await alone.RunAsync(1, McpServer.Recall(host.Home), Question);
            await together.RunAsync(AtOnce, McpServer.Recall(host.Home), Question);
        }

        _bench.Add(FirstAnswer, "ms", alone.FirstMs);
        _bench.Add("a search in an MCP session", "ms", alone.CallMs);
        if (OperatingSystem.IsLinux())
        {
            _bench.Add($"an MCP session after {McpSessions.CallsEach} searches, resident", "MB", alone.RssMb, Goal.Under(SessionGoalMb), "what it would cost if nothing were shared");
            _bench.Add($"each of {AtOnce} MCP sessions, proportional", "MB", together.PssMb, Goal.Under(SessionGoalMb));
        }

        _bench.Report.Add(new Table(
            "MCP sessions, host warm: ms", Columns,
            [
                [FirstAnswer, .. Percentiles(alone.FirstMs, together.FirstMs)],
                ["a search in it", .. Percentiles(alone.CallMs, together.CallMs)],
            ]));
    }

    /// <summary>The first to come: the host has no model yet, or there is no host.</summary>
    private async Task ColdAsync()
    {
        List<double> unloadedMs = [], unloadedMcpMs = [], absentMs = [], absentMcpMs = [];
        for (int round = 0; round < (_bench.Quick ? 2 : 10); round++)
        {
            await using (RealHost host = await RealHost.StartAsync(_bench.Stores.WithChunks(1_000)))
                unloadedMs.Add(Prompt(host.Home).Alone());
            await using (RealHost host = await RealHost.StartAsync(_bench.Stores.WithChunks(1_000)))
                unloadedMcpMs.Add(await FirstSearchAsync(host.Home));
            absentMs.Add(await WithoutHostAsync(home => Task.FromResult(Prompt(home).Alone())));
            absentMcpMs.Add(await WithoutHostAsync(FirstSearchAsync));
        }

        _bench.Add($"{PromptHook}, model not loaded", "ms", unloadedMs);
        _bench.Add($"{PromptHook}, no host", "ms", absentMs, note: "answers nothing, starts the host for the next");
        _bench.Add("recall mcp, to its first search, model not loaded", "ms", unloadedMcpMs);
        _bench.Add("recall mcp, to its first search, no host", "ms", absentMcpMs);
    }

    private async Task<double> FirstSearchAsync(string home)
    {
        long started = Stopwatch.GetTimestamp();
        (McpSession session, _) = await McpSession.StartAsync(McpServer.Recall(home));
        using (session)
        {
            await session.SearchAsync(Question());
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    /// <summary>Measures in a home of its own, whose host whoever is measured may start.</summary>
    private async Task<double> WithoutHostAsync(Func<string, Task<double>> measure)
    {
        string home = Directory.CreateDirectory(Path.Combine(_folder, $"home{++_asked}")).FullName;
        try
        {
            return await measure(home);
        }
        finally
        {
            // One that still starts is waited for.
            foreach (string verb in (string[])["start", "stop"])
                ChildProcess.Time([_recall, "host", verb], [(HomeFolder.Variable, home)]);
        }
    }

    /// <summary>A new session's first prompt; no prompt comes twice.</summary>
    private Turn Prompt(string home) => new(PromptHook, () => [_recall, "hook", "UserPromptSubmit"], home, () =>
    {
        string input = Path.Combine(_folder, $"prompt{++_asked}.json");
        File.WriteAllText(input, JsonSerializer.Serialize(new
        {
            session_id = Guid.NewGuid(), transcript_path = Path.Combine(_folder, "none.jsonl"), cwd = _folder, hook_event_name = "UserPromptSubmit", prompt = Question(),
        }));
        return input;
    });

    private static Turn Plain(string what, string home, Func<string[]> command) => new(what, command, home, () => ChildProcess.Nowhere);

    private string Question()
    {
        int number = Interlocked.Increment(ref _asked);
        return $"{_bench.Stores.Queries[number % _bench.Stores.Queries.Count]} {number}";
    }

    /// <summary>How many prompts are answered with something.</summary>
    private string Answered(string home)
    {
        const int Prompts = 20;
        int answered = 0;
        for (int i = 0; i < Prompts; i++)
        {
            if (Prompt(home).OutputBytes(Path.Combine(_folder, "output")) > 0)
                answered++;
        }

        return $"{answered} of {Prompts} prompts are answered with memories";
    }

    private static string[] Percentiles(params ReadOnlySpan<List<double>> samples)
    {
        List<string> cells = [];
        foreach (List<double> each in samples)
            cells.AddRange(Percentile(each, 0.5), Percentile(each, 0.99));
        return [.. cells];
    }

    private static string Percentile(List<double> samples, double share) =>
        samples is [] ? "" : Spread.Number(Spread.Percentile([.. samples.Order()], share));
}
