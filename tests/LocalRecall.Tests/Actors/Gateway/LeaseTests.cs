using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;
using static LocalRecall.Actors.Lifecycle.LifecycleProtocol;

namespace LocalRecall.Tests.Actors.Gateway;

public sealed class LeaseTests : TestKit
{
    private readonly TestProbe _lifecycle;
    private readonly IActorRef _gateway;

    /// <summary>Akka's own events are not made to be serialized, so messages are not here.</summary>
    public LeaseTests()
        : base(ConfigurationFactory.ParseString("akka.actor.serialize-messages = off").WithFallback(TestConfiguration.Local))
    {
        _lifecycle = CreateTestProbe();
        _gateway = Sys.ActorOf(GatewayActor.CreateProps(new GatewaySettings("secret", "1.2.3"), new GatewayPorts(CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), _lifecycle)));
    }

    [Fact]
    public void It_is_taken_by_hello_and_ends_with_the_connection()
    {
        Activity taken = SayHello("mcp session");
        Sys.EventStream.Publish(new DisassociatedEvent(Address.Parse("akka.tcp://localrecall@127.0.0.1:1"), TestActor.Path.Address, inbound: true));
        var ended = _lifecycle.ExpectMsg<Activity>();

        Assert.Equal((1, "mcp session (test 1.0)"), (taken.Clients, Assert.Single(taken.Leases)));
        Assert.Equal((0, 0), (ended.Clients, ended.Leases.Count));
    }

    [Fact]
    public void Who_names_none_holds_none()
    {
        Activity reported = SayHello("");

        Assert.Equal((1, 0), (reported.Clients, reported.Leases.Count));
    }

    [Fact]
    public void However_long_its_name_it_is_shown_shortened()
    {
        Activity taken = SayHello(new string('x', 50_000));

        Assert.InRange(Assert.Single(taken.Leases).Length, 100, 300);
    }

    private Activity SayHello(string lease)
    {
        _gateway.Tell(new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "test", "1.0", "secret", lease), TestActor);
        ExpectMsg<Welcome>();
        return _lifecycle.ExpectMsg<Activity>();
    }
}
