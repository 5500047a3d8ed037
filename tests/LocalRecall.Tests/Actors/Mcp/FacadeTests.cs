using System.Text.Json;
using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts.Messages;
using ModelContextProtocol.Client;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>The protocol as agents meet it: the SDK's own client, and lines as others send them.</summary>
public sealed class FacadeTests : McpTest
{
    private const string Stateless =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Every_revision_with_a_handshake_is_served(string revision)
    {
        await using McpClient client = await Agent().ConnectClientAsync(revision);

        Assert.Equal(revision, client.NegotiatedProtocolVersion);
        Assert.Equal("localrecall", client.ServerInfo?.Name);
        Assert.InRange(client.ServerInstructions!.Length, 100, 2000);
        Assert.Equal(10, (await client.ListToolsAsync()).Count);
        await client.PingAsync();
    }

    [Fact]
    public async Task The_stateless_revision_is_served()
    {
        Add("The linter is strict", "Warnings are errors in this repository.");
        await using McpClient client = await Agent().ConnectClientAsync("2026-07-28");

        Assert.Equal("2026-07-28", client.NegotiatedProtocolVersion);
        Assert.Equal(10, (await client.ListToolsAsync()).Count);
        Assert.Equal(1, (await CallAsync(client, "recall_search", new { query = "linter" })).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Results_of_the_stateless_revision_say_what_they_are()
    {
        AgentSession agent = Agent();

        JsonElement discovered = await agent.RequestAsync("server/discover", $"{{{Stateless}}}");
        Assert.Equal("complete", discovered.GetProperty("resultType").GetString());
        Assert.Equal("2026-07-28", discovered.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal(0, discovered.GetProperty("ttlMs").GetInt64());

        foreach (string list in (string[])["tools/list", "resources/list", "resources/templates/list"])
        {
            JsonElement result = await agent.RequestAsync(list, $"{{{Stateless}}}");
            Assert.Equal("complete", result.GetProperty("resultType").GetString());
            Assert.Equal(0, result.GetProperty("ttlMs").GetInt64());
            Assert.Equal("private", result.GetProperty("cacheScope").GetString());
        }

        JsonElement called = await agent.RequestAsync("tools/call", $$"""{"name":"recall_status",{{Stateless}}}""");
        Assert.Equal("complete", called.GetProperty("resultType").GetString());
        Assert.Equal(-32022, (await agent.RequestAsync("tools/list", $"{{{Stateless.Replace("2026-07-28", "2030-01-01")}}}")).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Who_probes_for_the_stateless_revision_may_shake_hands_after_all()
    {
        AgentSession agent = Agent();
        await agent.RequestAsync("server/discover", $"{{{Stateless}}}");

        Assert.Equal("2025-11-25", (await agent.InitializeAsync()).GetProperty("protocolVersion").GetString());
        Assert.False((await agent.RequestAsync("tools/list")).TryGetProperty("resultType", out _));
        Assert.True((await agent.RequestAsync("tools/list", $"{{{Stateless}}}")).TryGetProperty("resultType", out _));
    }

    [Fact]
    public async Task A_new_host_goes_on_with_the_session_of_the_one_before()
    {
        await using McpClient client = await Agent().ConnectClientAsync("2025-11-25");
        JsonElement before = await CallAsync(client, "episodic_create", Fact("Deploys happen on Tuesdays."));

        StopHost();
        StartHost();

        JsonElement found = await CallAsync(client, "recall_search", new { query = "deploys tuesdays" });
        Assert.Equal(before.GetProperty("id").GetString(), found.GetProperty("results")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_new_host_knows_the_revision_that_the_session_began_with()
    {
        AgentSession agent = Agent();
        await agent.InitializeAsync("2025-06-18");
        StopHost();
        StartHost();

        JsonElement error = await agent.RequestAsync("server/discover"); // which a session that was begun does not know
        Assert.Contains("2025-06-18", error.GetProperty("message").GetString());
        Assert.Equal("1.0.0", Status().HostVersion);
    }

    [Fact]
    public async Task A_line_sent_again_to_the_next_host_stores_nothing_twice()
    {
        AgentSession agent = Agent();
        await agent.InitializeAsync();
        (Guid requestId, string line) = (Guid.NewGuid(), Line("episodic_create", Fact("The cache is cleared at midnight.")));
        string first = await agent.AskAsync(line, requestId);
        StopHost();
        StartHost();

        string second = await agent.AskAsync(line, requestId);

        Assert.Equal(first, second);
        Assert.Equal(1, Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 10)).Total);
    }

    [Fact]
    public async Task A_forgotten_memory_is_forgotten_however_often_it_is_asked()
    {
        AgentSession agent = Agent();
        (Guid requestId, string line) = (Guid.NewGuid(), Line("memory_forget", new { id = Add("Old", "Nobody needs this any more.").Id }));

        string first = await agent.AskAsync(line, requestId);

        Assert.DoesNotContain("isError", first);
        Assert.Equal(first, await agent.AskAsync(line, requestId));
    }

    [Fact]
    public async Task Ten_agents_work_at_once_and_each_gets_its_own_answers()
    {
        McpClient[] clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Agent().ConnectClientAsync()));

        JsonElement[] created = await Task.WhenAll(clients.Select((client, i) => CallAsync(client, "episodic_create", Fact($"Port {i} belongs to service number {i}."))));
        JsonElement[][] read = await Task.WhenAll(clients.Select(client => Task.WhenAll(created.Select(fact => CallAsync(client, "episodic_get", new { id = fact.GetProperty("id").GetString() })))));

        Assert.All(read, facts => Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"Port {i} belongs to service number {i}."), facts.Select(fact => fact.GetProperty("content").GetString())));
    }

    [Fact]
    public async Task Notifications_and_responses_get_an_empty_answer()
    {
        AgentSession agent = Agent();

        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""));
        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"no such"}}"""));
        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","method":"notifications/unknown","params":{"a":[1]}}"""));
        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","id":7,"result":{}}"""));
        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"m"}}"""));
    }

    [Theory]
    [InlineData("no json", -32700, "null")]
    [InlineData("", -32700, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping" """, -32700, "null")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", -32600, "null")]
    [InlineData("5", -32600, "null")]
    [InlineData("{}", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"1.0","id":"a","method":"ping"}""", -32600, "\"a\"")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"ping"}""", -32600, "1.5")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600, "null")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""", -32600, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"nothing/known"}""", -32601, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"prompts/list"}""", -32601, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}""", -32601, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":[5]}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"no_such_tool"}}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recall_search","arguments":"q"}}""", -32602, "1")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{}}""", -32602, "1")]
    public async Task What_is_wrong_is_an_error_of_the_protocol(string line, int code, string id)
    {
        JsonElement answer = JsonDocument.Parse(await Agent().AskAsync(line)).RootElement;

        Assert.Equal((code, id), (answer.GetProperty("error").GetProperty("code").GetInt32(), answer.GetProperty("id").GetRawText()));
        Assert.Equal("2.0", answer.GetProperty("jsonrpc").GetString());
    }

    [Fact]
    public async Task A_request_that_is_taken_back_is_answered_with_nothing()
    {
        using var gate = new SemaphoreSlim(0);
        Model.Gate = gate;
        AgentSession agent = Agent();
        await agent.InitializeAsync();
        Task<string> search = agent.AskAsync("""{"jsonrpc":"2.0","id":"s","method":"tools/call","params":{"name":"recall_search","arguments":{"query":"never answered"}}}""");
        AwaitAssert(() => Assert.Equal(1, Model.Running));

        Assert.Equal("", await agent.AskAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"s"}}"""));

        Assert.Equal("", await search);
        gate.Release(100);
    }

    [Fact]
    public async Task A_line_is_answered_by_its_deadline()
    {
        using var gate = new SemaphoreSlim(0);
        Model.Gate = gate;
        AgentSession agent = Agent();

        var answered = (McpAnswered)await agent.SendAsync(Line("recall_search", new { query = "late" }), timeout: TimeSpan.FromSeconds(3));

        Assert.Contains("degraded", answered.Json);
        gate.Release(100);
    }

    [Fact]
    public async Task A_host_that_stops_gives_back_what_the_next_one_can_do()
    {
        AgentSession agent = Agent();
        await agent.InitializeAsync();
        var gateway = CreateTestProbe();
        gateway.Send(Host.Gateway, GatewayProtocol.StopIntake.Instance);
        gateway.ExpectMsg<GatewayProtocol.IntakeStopped>();

        // Let in before, asks after: as in a drain.
        Host.Mcp.Tell(new LocalRecall.Actors.Requests.Authorized<McpLine>(
            new McpLine(new RequestHeader(Guid.NewGuid(), Guid.Empty, Sys.Scheduler.Now.AddSeconds(30)), agent.Id, "", null, Line("recall_search", new { query = "q" })),
            gateway, agent.Client));

        Assert.Equal(FailureCode.Stopping, gateway.ExpectMsg<Failure>(TimeSpan.FromSeconds(10)).Code);
    }

    private static object Fact(string content) => new { subject = content, keywords = new[] { "test" }, applies_to = "global", content };

    private static string Line(string tool, object arguments) =>
        JsonSerializer.Serialize(new { jsonrpc = "2.0", id = 5, method = "tools/call", @params = new { name = tool, arguments } });
}
