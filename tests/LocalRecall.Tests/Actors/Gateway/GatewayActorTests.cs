using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using Xunit;
using static LocalRecall.Actors.Gateway.GatewayProtocol;
using static LocalRecall.Actors.Lifecycle.LifecycleProtocol;

namespace LocalRecall.Tests.Actors.Gateway;

public sealed class GatewayActorTests : TestKit
{
    private readonly TestProbe _query;
    private readonly TestProbe _ingest;
    private readonly TestProbe _hooks;
    private readonly TestProbe _transcripts;
    private readonly TestProbe _mcp;
    private readonly TestProbe _models;
    private readonly TestProbe _lifecycle;
    private readonly IActorRef _gateway;

    /// <summary>Akka's own events of connections are not made to be serialized.</summary>
    public GatewayActorTests()
        : base(ConfigurationFactory.ParseString("akka.actor.serialize-messages = off").WithFallback(TestConfiguration.Local))
    {
        _query = CreateTestProbe();
        _ingest = CreateTestProbe();
        _hooks = CreateTestProbe();
        _transcripts = CreateTestProbe();
        _mcp = CreateTestProbe();
        _models = CreateTestProbe();
        _lifecycle = CreateTestProbe();
        _gateway = Start(new GatewaySettings("secret", "1.2.3"));
    }

    private IActorRef Start(GatewaySettings settings) => Sys.ActorOf(GatewayActor.CreateProps(settings, new GatewayPorts(_query, _ingest, _hooks, _transcripts, _mcp, _models, _lifecycle)));

    private static Hello HelloWith(string token, int version = WireLimits.ProtocolVersion) => new(Guid.NewGuid(), version, "test", "1.0", token);

    private Guid SayHello()
    {
        _gateway.Tell(HelloWith("secret"), TestActor);
        return ExpectMsg<Welcome>().Ticket;
    }

    private RequestHeader Header(Guid ticket) => new(Guid.NewGuid(), ticket, Sys.Scheduler.Now.AddMinutes(1));

    [Fact]
    public void Hello_with_the_token_is_welcomed()
    {
        Hello hello = HelloWith("secret");
        _gateway.Tell(hello, TestActor);

        var welcome = ExpectMsg<Welcome>();
        Assert.Equal((hello.RequestId, WireLimits.ProtocolVersion, "1.2.3"), (welcome.RequestId, welcome.ProtocolVersion, welcome.HostVersion));
        Assert.NotEqual(Guid.Empty, welcome.Ticket);
    }

    [Fact]
    public void Who_has_lost_count_of_the_clients_is_told_again()
    {
        SayHello();
        _lifecycle.ExpectMsg<Activity>();

        _gateway.Tell(GetActivity.Instance, TestActor);

        Assert.Equal(1, _lifecycle.ExpectMsg<Activity>().Clients);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Secret")]
    [InlineData("secret ")]
    public void Hello_with_another_token_is_refused(string token)
    {
        _gateway.Tell(HelloWith(token), TestActor);

        Assert.Equal(FailureCode.Unauthorized, ExpectMsg<Failure>().Code);
    }

    [Theory]
    [InlineData(0, "install LocalRecall 1.2.3 or newer")]
    [InlineData(2, "install the client's version of it")]
    [InlineData(99, "install the client's version of it")]
    public void Another_protocol_version_is_told_in_words_what_to_upgrade(int version, string advice)
    {
        _gateway.Tell(HelloWith("secret", version), TestActor);

        var failure = ExpectMsg<Failure>();
        Assert.Equal(FailureCode.UnsupportedVersion, failure.Code);
        Assert.Contains(advice, failure.Message);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, null)]
    [InlineData(99, null)]
    public void A_host_of_several_protocol_versions_speaks_the_clients(int version, int? spoken)
    {
        IActorRef gateway = Start(new GatewaySettings("secret", "1.2.3") { Protocols = new ProtocolRange(1, 2) });
        gateway.Tell(HelloWith("secret", version), TestActor);

        var reply = ExpectMsg<IReply>();
        Assert.Equal(spoken, (reply as Welcome)?.ProtocolVersion);
        if (reply is Failure failure)
        {
            Assert.Contains($"protocol version {version}, the host (1.2.3) 1 to 2.", failure.Message);
        }
    }

    [Fact]
    public void For_a_newer_version_the_host_stops_without_a_hello()
    {
        var wish = new HandOver(Guid.NewGuid(), "secret", "1.2.4");
        _gateway.Tell(wish, TestActor);

        var stop = _lifecycle.ExpectMsg<Authorized<StopHost>>();
        Assert.Equal((wish.RequestId, TestActor), (stop.Request.Header.RequestId, stop.ReplyTo));
    }

    [Fact]
    public void A_host_that_stops_already_agrees()
    {
        _gateway.Tell(GatewayProtocol.StopIntake.Instance, TestActor);
        ExpectMsg<GatewayProtocol.IntakeStopped>();
        var wish = new HandOver(Guid.NewGuid(), "secret", "1.2.4");
        _gateway.Tell(wish, TestActor);

        Assert.Equal(wish.RequestId, ExpectMsg<HostStopping>().RequestId);
        _lifecycle.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData("secret", "1.2.3", FailureCode.BadRequest)]
    [InlineData("secret", "1.2.2", FailureCode.BadRequest)]
    [InlineData("secret", "newest", FailureCode.BadRequest)]
    [InlineData("", "1.2.4", FailureCode.Unauthorized)]
    [InlineData("Secret", "1.2.4", FailureCode.Unauthorized)]
    public void For_another_version_or_a_stranger_the_host_stays(string token, string version, FailureCode code)
    {
        var wish = new HandOver(Guid.NewGuid(), token, version);
        _gateway.Tell(wish, TestActor);

        Assert.Equal((wish.RequestId, code), ExpectMsg<Failure>() is var f ? (f.RequestId, f.Code) : default);
        _lifecycle.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_request_with_a_ticket_goes_to_who_does_the_work_with_the_client_to_reply_to()
    {
        var search = new Search(Header(SayHello()), "q", MemoryFilter.None, 10, 1000);
        _gateway.Tell(search, TestActor);

        var authorized = _query.ExpectMsg<Authorized<Search>>();
        Assert.Equal((search.Header, TestActor), (authorized.Request.Header, authorized.ReplyTo));
    }

    [Fact]
    public void A_request_without_a_ticket_is_refused_and_reaches_nobody()
    {
        SayHello();
        var forget = new ForgetMemory(Header(Guid.NewGuid()), Guid.NewGuid());
        _gateway.Tell(forget, TestActor);

        Assert.Equal((forget.Header.RequestId, FailureCode.Unauthorized), ExpectMsg<Failure>() is var f ? (f.RequestId, f.Code) : default);
        _ingest.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_request_that_comes_after_its_deadline_is_expired()
    {
        RequestHeader header = Header(SayHello()) with { Deadline = Sys.Scheduler.Now.AddSeconds(-1) };
        _gateway.Tell(new GetStatus(header), TestActor);

        Assert.Equal(FailureCode.Expired, ExpectMsg<Failure>().Code);
    }

    [Fact]
    public void A_cancelled_request_is_passed_on_with_who_cancels_it()
    {
        Guid ticket = SayHello();
        var id = Guid.NewGuid();
        _gateway.Tell(new Cancel(id, ticket), TestActor);

        var expected = new CancelRequest(id, new ClientId(TestActor.Path.Address.ToString()));
        Assert.Equal(expected, _query.ExpectMsg<CancelRequest>());
        Assert.Equal(expected, _ingest.ExpectMsg<CancelRequest>());
    }

    [Fact]
    public void Cancelling_with_anothers_ticket_changes_nothing()
    {
        Guid ticket = SayHello();
        _gateway.Tell(new Cancel(Guid.NewGuid(), Guid.NewGuid()), TestActor);
        var mine = new Cancel(Guid.NewGuid(), ticket);
        _gateway.Tell(mine, TestActor);

        Assert.Equal(mine.RequestId, _query.ExpectMsg<CancelRequest>().RequestId);
    }

    [Fact]
    public void When_a_connection_closes_its_ticket_ends_and_who_works_for_it_is_told()
    {
        Guid ticket = SayHello();
        Address client = TestActor.Path.Address;
        Sys.EventStream.Publish(new DisassociatedEvent(Address.AllSystems, client, true));

        var expected = new ClientGone(new ClientId(client.ToString()));
        Assert.Equal(expected, _query.ExpectMsg<ClientGone>());
        Assert.Equal(expected, _ingest.ExpectMsg<ClientGone>());
        _gateway.Tell(new Search(Header(ticket), "q", MemoryFilter.None, 10, 1000), TestActor);
        Assert.Equal(FailureCode.Unauthorized, ExpectMsg<Failure>().Code);
    }

    [Fact]
    public void Strange_messages_change_nothing()
    {
        Guid ticket = SayHello();
        _gateway.Tell("nonsense", TestActor);
        _gateway.Tell(new Welcome(Guid.NewGuid(), ticket, 1, "x"), TestActor);
        _gateway.Tell(new Search(Header(ticket), "q", MemoryFilter.None, 10, 1000), TestActor);

        _query.ExpectMsg<Authorized<Search>>();
    }
}
