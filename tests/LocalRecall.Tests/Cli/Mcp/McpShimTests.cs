using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Cli.Mcp;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Mcp;

public sealed class McpShimTests : IDisposable
{
    private const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}""";

    private readonly ScriptedHost host = new();
    private readonly TemporaryHome home = new();
    private readonly Pipe input = new();
    private readonly Pipe output = new();
    private readonly StringWriter error = new();
    private readonly CancellationTokenSource terminate = new();
    private readonly StreamReader answers;
    private readonly RecallClient client;

    public McpShimTests()
    {
        EndpointFile.Write(home.Path, host.Endpoint());
        answers = new StreamReader(output.Reader.AsStream());
        client = new RecallClient(new RecallClientOptions { Home = home.Path, ClientName = "test", StartHost = false, Lease = "mcp session" });
    }

    public void Dispose()
    {
        input.Writer.Complete();
        client.DisposeAsync().AsTask().Wait();
        terminate.Dispose();
        host.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task Takes_its_lease_before_the_first_line_and_carries_lines_and_answers()
    {
        Task session = Start("/projects/a");
        ScriptedHost.Peer peer = await host.AcceptAsync();
        await peer.AssociateAsync();
        Hello hello = await peer.ReceiveAsync<Hello>();
        Assert.Equal("mcp session", hello.Lease);
        await peer.SendAsync(new Welcome(hello.RequestId, Guid.NewGuid(), WireLimits.ProtocolVersion, "0.1.0"));

        await SayAsync(Initialize + "\r\n");
        McpLine first = await peer.ReceiveAsync<McpLine>();
        Assert.Equal(("", "/projects/a", Initialize), (first.Opening, first.Project, first.Json));
        await peer.SendAsync(new McpAnswered(first.Header.RequestId, """{"jsonrpc":"2.0","id":0,"result":{}}"""));
        Assert.Equal("""{"jsonrpc":"2.0","id":0,"result":{}}""", await HearAsync());

        await SayAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""" + "\n\n  \n" + Call(1) + "\n");
        McpLine second = await peer.ReceiveAsync<McpLine>();
        Assert.Equal((first.Session, Initialize), (second.Session, second.Opening));
        await peer.SendAsync(new McpAnswered(second.Header.RequestId, ""));
        McpLine third = await peer.ReceiveAsync<McpLine>();
        Assert.Equal((first.Session, Initialize, Call(1)), (third.Session, third.Opening, third.Json));
        await peer.SendAsync(new McpAnswered(third.Header.RequestId, "{\"jsonrpc\":\"2.0\",\r\n\"id\":1,\"result\":\"über \\n\u2028\"}"));
        Assert.Equal("{\"jsonrpc\":\"2.0\",  \"id\":1,\"result\":\"über \\n\u2028\"}", await HearAsync());

        await input.Writer.CompleteAsync();
        await session;
        Assert.Equal("", await RestAsync());
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task Calls_are_under_way_together_and_leave_in_the_order_they_came()
    {
        Task session = Start();
        await SayAsync(string.Concat(Enumerable.Range(0, 100).Select(i => Call(i) + "\n")));
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        Stack<McpLine> open = [];
        for (int i = 0; i < 100; i++)
        {
            if (open.Count == 32)
            {
                // No more than these are sent before one of them is answered.
                await AnswerAsync(peer, open.Pop());
            }

            open.Push(await peer.ReceiveAsync<McpLine>());
            Assert.Equal(Call(i), open.Peek().Json);
        }

        while (open.Count > 0)
        {
            await AnswerAsync(peer, open.Pop());
        }

        HashSet<int> heard = [];
        for (int i = 0; i < 100; i++)
        {
            heard.Add((int)JsonNode.Parse(await HearAsync())!["id"]!);
        }

        Assert.Equal(100, heard.Count);
        await input.Writer.CompleteAsync();
        await session;
    }

    [Fact]
    public async Task A_host_that_dies_under_a_call_is_not_noticed()
    {
        Task session = Start();
        await SayAsync(Initialize + "\n");
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        await AnswerAsync(peer, await peer.ReceiveAsync<McpLine>());
        await HearAsync();
        await SayAsync(Call(1) + "\n");
        McpLine asked = await peer.ReceiveAsync<McpLine>();

        using var successor = new ScriptedHost();
        EndpointFile.Write(home.Path, successor.Endpoint());
        peer.Dispose();
        var ticket = Guid.NewGuid();
        ScriptedHost.Peer next = await successor.WelcomeAsync(ticket);
        McpLine again = await next.ReceiveAsync<McpLine>();
        Assert.Equal(asked with { Header = asked.Header with { Ticket = ticket } }, again);
        Assert.Equal(Initialize, again.Opening);
        await AnswerAsync(next, again);
        Assert.Equal(1, (int)JsonNode.Parse(await HearAsync())!["id"]!);

        await input.Writer.CompleteAsync();
        await session;
        Assert.Equal(("", ""), (await RestAsync(), error.ToString()));
    }

    [Fact]
    public async Task The_lease_is_taken_again_though_nothing_is_asked()
    {
        Task session = Start();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        for (int i = 0; i < 3; i++)
        {
            peer.Dispose();
            peer = await host.AcceptAsync();
            await peer.AssociateAsync();
            Hello hello = await peer.ReceiveAsync<Hello>();
            Assert.Equal("mcp session", hello.Lease);
            await peer.SendAsync(new Welcome(hello.RequestId, Guid.NewGuid(), WireLimits.ProtocolVersion, "0.1.0"));
        }

        await input.Writer.CompleteAsync();
        await session;
    }

    [Fact]
    public async Task A_refusal_answers_a_request_and_nothing_else()
    {
        Task session = Start();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        foreach (string line in (string[])["""{"method":"notifications/cancelled"}""", """{"id":9,"result":{}}""", """{"id":"a","method":"tools/list"}"""])
        {
            await SayAsync(line + "\n");
            McpLine asked = await peer.ReceiveAsync<McpLine>();
            Assert.Equal(line, asked.Json);
            await peer.SendAsync(new Failure(asked.Header.RequestId, FailureCode.StoreUnavailable, "The index can't be opened."));
        }

        JsonNode answer = JsonNode.Parse(await HearAsync())!;
        Assert.Equal(("a", "store-unavailable"), ((string)answer["id"]!, (string)answer["error"]!["data"]!["code"]!));
        await input.Writer.CompleteAsync();
        await session;
        Assert.Equal("", await RestAsync());
    }

    [Fact]
    public async Task Without_a_host_a_request_is_told_so_and_the_session_goes_on()
    {
        EndpointFile.Delete(home.Path);
        Task session = Start();
        await SayAsync(Call(1) + "\n");
        Assert.Equal("host-unavailable", CodeOf(await HearAsync()));
        Assert.StartsWith("recall mcp: No host", error.ToString(), StringComparison.Ordinal);

        EndpointFile.Write(home.Path, host.Endpoint());
        await SayAsync(Call(2) + "\n");
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        await AnswerAsync(peer, await peer.ReceiveAsync<McpLine>());
        Assert.Equal(2, (int)JsonNode.Parse(await HearAsync())!["id"]!);
        await input.Writer.CompleteAsync();
        await session;
    }

    [Fact]
    public async Task What_is_no_message_is_answered_here_and_never_sent()
    {
        Task session = Start();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        string big = new('x', WireLimits.MaxMcpBytes);
        foreach (var (line, id, code) in ((string, string?, int)[])
        [
            ("hello", null, -32700),
            ("{\"id\":1,\"method\":\"tools", null, -32700),
            ($"{new string('[', 1000)}", null, -32700),
            ("[]", null, -32600),
            ("{\"id\":1,\"method\":{}}", "1", -32600),
            ($"{{\"id\":2,\"method\":\"tools/call\",\"params\":\"{big}\"}}", "2", -32600),
            ($"{{\"method\":\"tools/call\",\"params\":\"{big}\",\"jsonrpc\":\"2.0\",\"id\":\"three\"}}", "\"three\"", -32600),
            ($"{{\"method\":\"notifications/x\",\"params\":\"{big}\"}}", "nothing", 0),
            ($"{big}y", null, -32600),
        ])
        {
            await SayAsync(line + "\n");
            if (id != "nothing")
            {
                JsonNode answer = JsonNode.Parse(await HearAsync())!;
                Assert.Equal((id, code), (answer["id"]?.ToJsonString(), (int)answer["error"]!["code"]!));
            }
        }

        await SayAsync(Call(7) + "\n");
        McpLine asked = await peer.ReceiveAsync<McpLine>();
        Assert.Equal(Call(7), asked.Json);
        await AnswerAsync(peer, asked);
        await HearAsync();
        await input.Writer.CompleteAsync();
        await session;
        Assert.Equal("", await RestAsync());
    }

    [Fact]
    public async Task At_the_end_of_input_what_is_under_way_is_still_answered()
    {
        Task session = Start();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        await SayAsync(Call(1) + "\n" + Call(2)); // the last one without its line break
        await input.Writer.CompleteAsync();
        McpLine first = await peer.ReceiveAsync<McpLine>();
        McpLine second = await peer.ReceiveAsync<McpLine>();
        Assert.Equal(Call(2), second.Json);
        Assert.False(session.IsCompleted);
        await AnswerAsync(peer, second);
        await AnswerAsync(peer, first);
        await session;
        Assert.Equal(2, (await RestAsync()).Count(c => c == '\n'));
    }

    [Fact]
    public async Task When_it_is_told_to_end_it_does_not_wait_and_the_host_is_told()
    {
        Task session = Start();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        await SayAsync(Call(1) + "\n");
        McpLine asked = await peer.ReceiveAsync<McpLine>();
        await terminate.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session);
        Assert.Equal(asked.Header.RequestId, (await peer.ReceiveAsync<Cancel>()).RequestId);
    }

    [Fact]
    public async Task When_nobody_reads_its_answers_any_more_it_ends()
    {
        Task session = new McpShim(client, null, input.Reader.AsStream(), new ClosedOutput(), error).RunAsync(terminate.Token);
        await SayAsync("hello\n");
        await Assert.ThrowsAsync<IOException>(() => session);
    }

    private Task Start(string? project = null) => RunAsync(project);

    private async Task RunAsync(string? project)
    {
        await new McpShim(client, project, input.Reader.AsStream(), output.Writer.AsStream(), error).RunAsync(terminate.Token);
        await output.Writer.CompleteAsync();
    }

    private async Task SayAsync(string text) => await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task<string> HearAsync() => await answers.ReadLineAsync() ?? throw new EndOfStreamException("The shim has ended.");

    private Task<string> RestAsync() => answers.ReadToEndAsync();

    private static string Call(int id) => $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\"}}";

    private static Task AnswerAsync(ScriptedHost.Peer peer, McpLine asked) =>
        peer.SendAsync(new McpAnswered(asked.Header.RequestId, $"{{\"jsonrpc\":\"2.0\",\"id\":{JsonNode.Parse(asked.Json)!["id"]!.ToJsonString()},\"result\":{{}}}}"));

    private static string CodeOf(string answer) => (string)JsonNode.Parse(answer)!["error"]!["data"]!["code"]!;

    private sealed class ClosedOutput : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("Broken pipe.");
    }
}
