using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace LocalRecall.Conformance;

public sealed class RemoteAssociationSpecs() : RemoteSpec("akka.remote.retry-gate-closed-for = 300 ms")
{
    /// <summary>A port that nobody listens on.</summary>
    private static int FreePort()
    {
        var listener = RawPeer.Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    [Fact]
    public async Task Both_sides_hear_of_an_association_and_of_its_end()
    {
        var heardByPeer = CreateTestProbe(Peer);
        foreach (var type in new[] { typeof(AssociatedEvent), typeof(DisassociatedEvent) })
        {
            Sys.EventStream.Subscribe(TestActor, type);
            Peer.EventStream.Subscribe(heardByPeer, type);
        }
        await Peer.ActorSelection(RemotePathOf(Sys, Sys.ActorOf(Echo))).Ask<string>("hello", Patience);

        var inbound = ExpectMsg<AssociatedEvent>();
        Assert.Equal((AddressOf(Sys), AddressOf(Peer), true), (inbound.LocalAddress, inbound.RemoteAddress, inbound.IsInbound));
        var outbound = heardByPeer.ExpectMsg<AssociatedEvent>();
        Assert.Equal((AddressOf(Peer), AddressOf(Sys), false), (outbound.LocalAddress, outbound.RemoteAddress, outbound.IsInbound));

        await Peer.Terminate();
        Assert.Equal(AddressOf(Peer), ExpectMsg<DisassociatedEvent>().RemoteAddress);
    }

    [Fact]
    public async Task The_reply_takes_the_connection_of_the_question()
    {
        var heardByPeer = CreateTestProbe(Peer);
        Peer.EventStream.Subscribe(heardByPeer, typeof(AssociatedEvent));
        await Peer.ActorSelection(RemotePathOf(Sys, Sys.ActorOf(Echo))).Ask<string>("hello", Patience);
        Assert.False(heardByPeer.ExpectMsg<AssociatedEvent>().IsInbound);
        heardByPeer.ExpectNoMsg(Soon);
    }

    [Fact]
    public void Messages_to_an_unreachable_system_become_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var errors = CreateTestProbe();
        Sys.EventStream.Subscribe(errors, typeof(AssociationErrorEvent));
        var remote = Address.Parse($"akka.tcp://nobody@127.0.0.1:{FreePort()}");
        var selection = Sys.ActorSelection($"{remote}/user/nobody");
        selection.Tell("first", TestActor);
        Assert.Equal("first", ExpectMsg<DeadLetter>().Message);
        var error = errors.ExpectMsg<AssociationErrorEvent>();
        Assert.Equal((remote, false), (error.RemoteAddress, error.IsInbound));
    }

    [Fact]
    public async Task An_ask_of_an_unreachable_system_times_out()
    {
        var asked = Sys.ActorSelection($"akka.tcp://nobody@127.0.0.1:{FreePort()}/user/nobody").Ask<string>("?", TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAsync<AskTimeoutException>(() => asked);
    }

    [Fact]
    public void After_the_gate_has_opened_the_system_is_reached_again()
    {
        var port = FreePort();
        var selection = Sys.ActorSelection($"akka.tcp://late@127.0.0.1:{port}/user/echo");
        var errors = CreateTestProbe();
        Sys.EventStream.Subscribe(errors, typeof(AssociationErrorEvent));
        selection.Tell("too early", TestActor);
        errors.ExpectMsg<AssociationErrorEvent>();
        StartPeer("late", $"akka.remote.dot-netty.tcp.port = {port}").ActorOf(Echo, "echo");
        AwaitAssert(() =>
        {
            selection.Tell("again", TestActor);
            ExpectMsg("again", TimeSpan.FromMilliseconds(50));
        }, Patience);
    }

    [Fact]
    public async Task Two_systems_that_call_each_other_at_once_understand_each_other()
    {
        var (mine, theirs) = (Sys.ActorOf(Echo), Peer.ActorOf(Echo));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => i % 2 == 0
                ? Peer.ActorSelection(RemotePathOf(Sys, mine)).Ask<int>(i, Patience)
                : Sys.ActorSelection(RemotePathOf(Peer, theirs)).Ask<int>(i, Patience)));
        Assert.Equal(Enumerable.Range(0, 50), answers);
    }

    [Fact]
    public async Task A_system_restarted_at_its_address_is_reached_again()
    {
        var port = FreePort();
        var first = StartPeer("phoenix", $"akka.remote.dot-netty.tcp.port = {port}");
        var selection = Sys.ActorSelection(RemotePathOf(first, first.ActorOf(Echo, "echo")));
        Assert.Equal("one", await selection.Ask<string>("one", Patience));
        await first.Terminate();
        StartPeer("phoenix", $"akka.remote.dot-netty.tcp.port = {port}").ActorOf(Echo, "echo");
        AwaitAssert(() =>
        {
            selection.Tell("two", TestActor);
            ExpectMsg("two", TimeSpan.FromMilliseconds(50));
        }, Patience);
    }

    [Fact]
    public async Task An_answer_that_never_comes_ends_the_handshake()
    {
        var listener = RawPeer.Listen();
        var impatient = StartPeer("impatient", "akka.remote.dot-netty.tcp.connection-timeout = 300 ms");
        var errors = CreateTestProbe(impatient);
        impatient.EventStream.Subscribe(errors, typeof(AssociationErrorEvent));
        impatient.ActorSelection($"akka.tcp://mute@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/user/a").Tell("hello");
        using var mute = await RawPeer.AcceptAsync(listener, CancellationToken.None);
        errors.ExpectMsg<AssociationErrorEvent>();
        Assert.True(await mute.IsClosedAsync());
        listener.Stop();
    }

    [Fact]
    public async Task A_handshake_that_never_comes_ends_the_connection()
    {
        var impatient = StartPeer("impatient", "akka.remote.dot-netty.tcp.connection-timeout = 300 ms");
        using var mute = RawPeer.Connect(AddressOf(impatient));
        Assert.True(await mute.IsClosedAsync());
    }

    [Fact]
    public async Task A_system_that_falls_silent_is_disassociated()
    {
        var strict = StartPeer("strict", "akka.remote.transport-failure-detector { heartbeat-interval = 100 ms, acceptable-heartbeat-pause = 300 ms }");
        var ends = CreateTestProbe(strict);
        strict.EventStream.Subscribe(ends, typeof(DisassociatedEvent));
        using var silent = RawPeer.Connect(AddressOf(strict));
        await silent.HandshakeAsync(42);
        Assert.True(await silent.IsClosedAsync());
        ends.ExpectMsg<DisassociatedEvent>();
    }

    [Fact]
    public async Task A_system_that_quarantined_this_one_is_believed()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ThisActorSystemQuarantinedEvent));
        using var peer = RawPeer.Connect(AddressOf(Sys));
        await peer.HandshakeAsync(42);
        peer.Send(RawPeer.Control(5));
        var quarantined = ExpectMsg<ThisActorSystemQuarantinedEvent>();
        Assert.Equal((AddressOf(Sys), RawPeer.Port), (quarantined.LocalAddress, quarantined.RemoteAddress.Port));
        Assert.True(await peer.IsClosedAsync());
    }
}
