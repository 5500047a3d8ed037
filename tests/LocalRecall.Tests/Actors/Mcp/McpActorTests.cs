using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Mcp;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using LocalRecall.Tests.Actors.Metrics;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>Facades as they come and go. What tools ask for comes to the test, which answers when it likes.</summary>
public sealed class McpActorTests : TestKit
{
    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");

    private readonly TestMeters _meters = new();
    private readonly TestProbe _gateway;
    private readonly IActorRef _mcp;
    private int _ids;

    public McpActorTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        IActorRef gateway = _gateway = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new Forwarder(gateway)), "gateway");
        var metrics = new HostMetrics(_meters);
        _mcp = Sys.ActorOf(McpActor.CreateProps(new McpSettings(MaxSessions: 2, TimeSpan.FromMinutes(30), "1.2.3"), new RequestLimits(8, 8), metrics), "mcp");
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }

    [Fact]
    public void A_facade_that_dies_in_the_middle_is_replaced_and_what_it_asked_for_is_the_same_request()
    {
        TestProbe agent = Send(Guid.NewGuid(), A, Call("recall_status"));
        RequestHeader first = Asked().Request.Header;

        Facade(0).Tell(Kill.Instance);

        GatewayProtocol.LocalRequest again = Asked();
        Assert.Equal(first.RequestId, again.Request.Header.RequestId);
        AnswerLast(again);
        Assert.Contains("bad-request", agent.ExpectMsg<McpAnswered>().Json);
    }

    [Fact]
    public void A_line_that_kills_each_facade_is_given_up()
    {
        TestProbe agent = Send(Guid.NewGuid(), A, Call("recall_status"));
        Asked();
        Facade(0).Tell(Kill.Instance);
        Asked();

        Facade(1).Tell(Kill.Instance);

        Assert.Contains("\"error\"", agent.ExpectMsg<McpAnswered>().Json);
        Assert.Contains("serverInfo", Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<McpAnswered>().Json);
    }

    [Fact]
    public void A_quiet_session_ends_and_one_at_work_does_not()
    {
        Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<McpAnswered>();
        Send(Guid.NewGuid(), A, Call("recall_status"), TimeSpan.FromHours(2));
        Asked();
        IActorRef quiet = Watch(Facade(0));
        IActorRef busy = Watch(Facade(1));

        Clock.Advance(TimeSpan.FromMinutes(29));
        ExpectNoMsg(0);
        Clock.Advance(TimeSpan.FromMinutes(2));

        ExpectTerminated(quiet);
        ExpectNoMsg(0);
        Assert.Equal(busy, Facade(1));
    }

    [Fact]
    public void A_session_ends_with_its_client()
    {
        Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<McpAnswered>();
        Send(Guid.NewGuid(), B, Initialize()).ExpectMsg<McpAnswered>();
        IActorRef gone = Watch(Facade(0));
        IActorRef stays = Watch(Facade(1));

        _mcp.Tell(new ClientGone(A));

        ExpectTerminated(gone);
        Assert.Equal(stays, Facade(1));
    }

    [Fact]
    public void Past_the_limit_the_quietest_session_makes_way_and_comes_back_by_its_opening()
    {
        Guid first = Guid.NewGuid();
        Send(first, A, Initialize("2025-03-26")).ExpectMsg<McpAnswered>();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<McpAnswered>();
        IActorRef leaver = Watch(Facade(0));

        Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<McpAnswered>();
        ExpectTerminated(leaver);

        string asks = """{"jsonrpc":"2.0","id":3,"method":"server/discover"}"""; // the answer tells with which revision the session began
        Assert.Contains("2025-03-26", Send(first, A, asks, opening: Initialize("2025-03-26")).ExpectMsg<McpAnswered>().Json);
    }

    [Fact]
    public void Past_the_limit_with_all_at_work_the_answer_is_busy()
    {
        Send(Guid.NewGuid(), A, Call("recall_status"));
        Asked();
        Send(Guid.NewGuid(), A, Call("recall_status"));
        Asked();

        Assert.Equal(FailureCode.Busy, Send(Guid.NewGuid(), A, Initialize()).ExpectMsg<Failure>().Code);
    }

    [Fact]
    public void A_line_that_is_sent_again_meanwhile_is_worked_on_once()
    {
        Guid session = Guid.NewGuid();
        Guid requestId = Guid.NewGuid();
        string line = Call("recall_status");
        TestProbe one = Send(session, A, line, requestId: requestId);
        TestProbe two = Send(session, B, line, requestId: requestId);

        AnswerLast(Asked());

        Assert.Equal(one.ExpectMsg<McpAnswered>(), two.ExpectMsg<McpAnswered>());
        _gateway.ExpectNoMsg(0);
    }

    [Fact]
    public void Who_gives_up_cancels_what_the_tool_asked_for()
    {
        Guid requestId = Guid.NewGuid();
        Send(Guid.NewGuid(), A, Call("recall_status"), requestId: requestId);
        GatewayProtocol.LocalRequest asked = Asked();

        _mcp.Tell(new CancelRequest(requestId, A));

        Assert.Equal(new GatewayProtocol.CancelLocal(asked.Request.Header.RequestId, A), _gateway.ExpectMsg<GatewayProtocol.CancelLocal>());
    }

    [Fact]
    public void A_line_without_an_answer_gets_one_at_its_deadline()
    {
        TestProbe agent = Send(Guid.NewGuid(), A, Call("recall_status"));
        Asked();

        Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Contains("expired", agent.ExpectMsg<McpAnswered>().Json);
    }

    [Fact]
    public void An_answer_that_fits_no_frame_is_an_error()
    {
        string method = string.Concat(Enumerable.Repeat("\u007f", 100_000)); // each of them is escaped in the answer

        TestProbe agent = Send(Guid.NewGuid(), A, $"{{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"{method}\"}}");

        Assert.Contains("too-large", agent.ExpectMsg<McpAnswered>().Json);
    }

    [Fact]
    public void The_coordinator_itself_is_made_anew_and_goes_on()
    {
        Guid session = Guid.NewGuid();
        Send(session, A, Initialize()).ExpectMsg<McpAnswered>();
        _mcp.Tell(Kill.Instance);

        AwaitAssert(() => Assert.Contains("tools", Send(session, A, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", opening: Initialize()).ExpectMsg<McpAnswered>().Json));
    }

    private static string Initialize(string revision = "2025-11-25") =>
        $$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{revision}}}","capabilities":{},"clientInfo":{"name":"test","version":"1"} } }""";

    private string Call(string tool) => $$$"""{"jsonrpc":"2.0","id":{{{++_ids}}},"method":"tools/call","params":{"name":"{{{tool}}}"}}""";

    private TestProbe Send(Guid session, ClientId client, string json, TimeSpan? limit = null, string opening = "", Guid? requestId = null)
    {
        TestProbe agent = CreateTestProbe();
        var header = new RequestHeader(requestId ?? Guid.NewGuid(), Guid.Empty, Sys.Scheduler.Now + (limit ?? TimeSpan.FromMinutes(1)));
        _mcp.Tell(new Authorized<McpLine>(new McpLine(header, session, opening, null, json), agent, client));
        return agent;
    }

    /// <summary>What a tool asks for.</summary>
    private GatewayProtocol.LocalRequest Asked() => _gateway.FishForMessage<GatewayProtocol.LocalRequest>(_ => true);

    private void AnswerLast(GatewayProtocol.LocalRequest asked) =>
        _gateway.LastSender.Tell(new Failure(asked.Request.Header.RequestId, FailureCode.BadRequest, "not today"));

    private IActorRef Facade(int number) => Sys.ActorSelection($"/user/mcp/facade-{number}").ResolveOne(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef to) => ReceiveAny(to.Forward);
    }
}
