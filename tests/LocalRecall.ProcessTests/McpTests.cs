using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary><c>recall mcp</c> as agents run it.</summary>
public sealed class McpTests : ProcessTest
{
    [Fact]
    public async Task Ten_sessions_at_once_in_a_cold_home_work_with_one_host_and_leave_nothing_behind()
    {
        McpSession[] sessions = [.. Enumerable.Range(0, 10).Select(_ => Home.StartMcp())];

        await Task.WhenAll(sessions.Select(async (session, n) =>
        {
            await session.BeginAsync();
            Assert.NotEmpty((await session.AskAsync("tools/list"))["result"]!["tools"]!.AsArray());
            string id = await session.CreateAsync($"Session {n} has begun in the cold.");
            JsonObject found = await session.CallAsync("recall_search", new JsonObject { ["query"] = $"session {n} in the cold", ["limit"] = 100 });
            Assert.Contains(found["results"]!.AsArray(), hit => (string)hit!["id"]! == id);
        }));

        string[] leases = [.. (await StatusAsync()).Leases];
        Assert.Equal((10, 10), (leases.Length, leases.Count(lease => lease.StartsWith("mcp session", StringComparison.Ordinal))));
        await Task.WhenAll(sessions.Select(session => session.EndAsync()));
        await UntilAsync(async () => (await StatusAsync()).Leases.Count == 0, "the leases end with the sessions");
        Assert.Single(File.ReadAllText(Path.Combine(Home.Home, HostProcess.LogFile)).Split('\n'), line => line.StartsWith("ready ", StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(!OperatingSystem.IsLinux() || Home.ProcessIds().SequenceEqual([Home.Endpoint!.Pid])), "only the host is left");
    }

    [UnixFact]
    public async Task A_session_does_not_notice_what_becomes_of_hosts()
    {
        Home.HostProgram = Programs.OlderHost;
        McpSession session = await Home.StartMcp().BeginAsync();
        List<string> created = [await session.CreateAsync("Kept by the older host.")];
        HostEndpoint older = Home.Endpoint!;

        // Replaced by a newer one: this session has the older program in its environment, and follows all the same.
        Home.HostProgram = Programs.Host;
        Assert.Equal(0, (await Home.RecallAsync("search", "kept", "--any-project", "--timeout", "200")).ExitCode);
        created.Add(await session.CreateAsync("Kept by the newer host."));
        Assert.Equal((older.Version, RecallClient.Version), ("0.0.1", Home.Endpoint!.Version));
        await session.EndAsync();

        session = await Home.StartMcp().BeginAsync();
        created.Add(await session.CreateAsync("Kept by the next session."));

        // Killed between two calls.
        await KillAsync(Home.Endpoint!.Pid);
        created.Add(await session.CreateAsync("Kept after the host was killed."));

        // Killed under calls.
        Task<string>[] calls = [.. Enumerable.Range(0, 8).Select(n => session.CreateAsync($"Kept while the host was killed, {n}."))];
        await KillAsync(Home.Endpoint!.Pid);
        created.AddRange(await Task.WhenAll(calls));

        // Stopped in order, and the lease is back as soon as somebody else has started the next one.
        Assert.Equal(0, (await Home.RecallAsync("host", "stop")).ExitCode);
        Assert.Equal(0, (await Home.RecallAsync("host", "start", "--timeout", "200")).ExitCode);
        await UntilAsync(async () => (await StatusAsync()).Leases.Any(lease => lease.StartsWith("mcp session", StringComparison.Ordinal)), "the lease is taken again");
        created.Add(await session.CreateAsync("Kept after the host was stopped."));

        JsonObject listed = await session.CallAsync("memory_list", new JsonObject { ["limit"] = 100 });
        Assert.Equal(created.Order(), listed["memories"]!.AsArray().Select(memory => (string)memory!["id"]!).Order());
        await session.EndAsync();
    }

    [Fact]
    public async Task What_is_asked_before_the_input_ends_is_answered()
    {
        await Home.StartHostAsync();
        McpSession session = await Home.StartMcp().BeginAsync();
        Task<string>[] calls = [.. Enumerable.Range(0, 40).Select(n => session.CreateAsync($"Kept at the very end, {n}."))];

        await session.EndAsync();

        Assert.Equal(40, (await Task.WhenAll(calls)).Distinct().Count());
        Assert.Equal(41, session.Answers.Count);
    }

    [UnixFact]
    public async Task Told_to_end_it_ends_though_its_input_does_not()
    {
        await Home.StartHostAsync();
        McpSession session = await Home.StartMcp().BeginAsync();

        session.Terminate();

        await session.EndedAsync();
        await UntilAsync(async () => (await StatusAsync()).Leases.Count == 0, "the lease has ended");
    }

    [Fact]
    public async Task Whatever_is_said_to_it_it_answers_in_the_protocol_and_goes_on()
    {
        await Home.StartHostAsync();
        McpSession session = await Home.StartMcp().BeginAsync();
        const string Call = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"recall_search","arguments":{"query":"why?","limit":3}}}""";
        var random = new Random(4);

        foreach (string line in (string[])
        [
            "", "null", "[]", "{}", "\"text\"", "1e999", Call[..50], Call + Call, "\uFEFF" + Call, "\0\0\0",
            new string('[', 50_000) + new string(']', 50_000), string.Concat(Enumerable.Repeat("{\"a\":", 20_000)),
            """{"jsonrpc":"2.0","id":{"a":1},"method":"tools/list"}""", """{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}""",
            """{"jsonrpc":"2.0","id":99999999999999999999999,"method":"tools/list"}""", """{"jsonrpc":"1.0","id":2,"method":"tools/list"}""",
            """{"jsonrpc":"2.0","id":3,"method":7}""", """{"jsonrpc":"2.0","id":4,"method":"tools/call","params":"text"}""",
            """{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":5,"arguments":[]}}""", """{"jsonrpc":"2.0","id":6,"method":""}""",
            """{"jsonrpc":"2.0","id":8,"method":"initialize"}""", """{"jsonrpc":"2.0","id":9,"result":{}}""", """{"jsonrpc":"2.0","id":10,"error":5}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}""", """{"jsonrpc":"2.0","id":11,"method":"\ud800"}""",
        ])
        {
            await session.SendAsync(line);
        }

        for (int i = 0; i < 300; i++)
        {
            byte[] spoiled = Encoding.UTF8.GetBytes(Call);
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            }

            await session.SendAsync(spoiled.AsMemory(0, random.Next(spoiled.Length)));
            await session.SendAsync("");
        }

        Task<JsonObject> tooLong = session.AnswerTo("\"huge\"");
        await session.SendAsync("{\"method\":\"tools/call\",\"params\":\""u8.ToArray());
        byte[] filler = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
        for (int megabytes = 0; megabytes < 50; megabytes++)
        {
            await session.SendAsync(filler);
        }

        await session.SendAsync("\",\"jsonrpc\":\"2.0\",\"id\":\"huge\"}");
        Assert.Equal("too-large", (string?)(await tooLong)["error"]!["data"]!["code"]);

        Assert.NotNull((await session.AskAsync("ping"))["result"]);
        Assert.NotNull((await session.CallAsync("recall_search", new JsonObject { ["query"] = "still there?" }))["results"]);
        await session.EndAsync();
    }

    [Fact]
    public async Task Without_a_host_that_can_be_started_requests_are_told_so()
    {
        Home.HostProgram = Home.Beside("no-such-program");
        McpSession session = Home.StartMcp();

        JsonObject answer = await session.AskAsync("tools/list");

        Assert.Equal("host-unavailable", (string?)answer["error"]!["data"]!["code"]);
        Home.HostProgram = Programs.Host;
        await Home.StartHostAsync();
        await session.BeginAsync();
    }

    [Fact]
    public async Task In_a_folder_that_has_opted_out_it_serves_nothing_and_starts_no_host()
    {
        File.WriteAllText(Home.Beside(".localrecall-ignore"), "");
        McpSession session = await Home.StartMcp().BeginAsync();

        Assert.Empty((await session.AskAsync("tools/list"))["result"]!["tools"]!.AsArray());
        Assert.True((bool?)(await session.AskAsync("tools/call", """{"name":"recall_search"}"""))["result"]!["isError"]);
        await session.EndAsync();
        Assert.False(Directory.Exists(Home.Home));
    }

    private async Task<HostStatus> StatusAsync()
    {
        await using RecallClient client = await Home.ConnectAsync();
        return await client.StatusAsync();
    }

    private static async Task KillAsync(int host)
    {
        using Process process = Process.GetProcessById(host);
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(TestHome.Patience);
    }
}
