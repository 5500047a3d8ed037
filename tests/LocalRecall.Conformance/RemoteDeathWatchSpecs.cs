using System.Net;
using Akka.Actor;
using Akka.Remote;

namespace LocalRecall.Conformance;

public sealed class RemoteDeathWatchSpecs() : RemoteSpec("""
    akka.remote.watch-failure-detector {
      heartbeat-interval = 100 ms
      acceptable-heartbeat-pause = 1500 ms
      unreachable-nodes-reaper-interval = 100 ms
      expected-response-after = 100 ms
    }
    """)
{
    [Fact]
    public async Task A_watcher_is_told_when_a_remote_actor_stops()
    {
        var subject = Peer.ActorOf(Echo, "subject");
        var remote = await ResolveAsync(Sys, Peer, subject);
        Watch(remote);
        Assert.Equal("watched", await remote.Ask<string>("watched", Patience));
        Peer.Stop(subject);
        // Whether its existence is confirmed depends on whether the watch or the stop came first.
        Assert.False(ExpectTerminated(remote).AddressTerminated);
    }

    [Fact]
    public async Task A_watcher_of_a_stopped_remote_actor_is_told_at_once()
    {
        var subject = Peer.ActorOf(Echo, "subject");
        var remote = await ResolveAsync(Sys, Peer, subject);
        var witness = CreateTestProbe(Peer);
        witness.Watch(subject);
        Peer.Stop(subject);
        witness.ExpectTerminated(subject);
        Watch(remote);
        ExpectTerminated(remote);
    }

    [Fact]
    public async Task Who_unwatches_is_not_told()
    {
        var subject = Peer.ActorOf(Echo, "subject");
        var remote = await ResolveAsync(Sys, Peer, subject);
        var other = CreateTestProbe();
        Watch(remote);
        other.Watch(remote);
        Unwatch(remote);
        Peer.Stop(subject);
        other.ExpectTerminated(remote);
        ExpectNoMsg(Soon);
    }

    [Fact]
    public async Task Both_directions_at_once()
    {
        var (mine, theirs) = (Sys.ActorOf(Echo), Peer.ActorOf(Echo));
        var remoteTheirs = await ResolveAsync(Sys, Peer, theirs);
        var remoteMine = await ResolveAsync(Peer, Sys, mine);
        var witness = CreateTestProbe(Peer);
        Watch(remoteTheirs);
        witness.Watch(remoteMine);
        Peer.Stop(theirs);
        ExpectTerminated(remoteTheirs);
        Sys.Stop(mine);
        witness.ExpectTerminated(remoteMine);
    }

    [Fact]
    public async Task A_watcher_is_told_when_the_remote_system_shuts_down()
    {
        var remote = await ResolveAsync(Sys, Peer, Peer.ActorOf(Echo));
        Watch(remote);
        Assert.Equal("watched", await remote.Ask<string>("watched", Patience));
        await Peer.Terminate();
        ExpectTerminated(remote, Patience);
    }

    [Fact]
    public async Task A_remote_watcher_that_goes_away_harms_nobody()
    {
        var subject = Sys.ActorOf(Echo);
        var remote = await ResolveAsync(Peer, Sys, subject);
        CreateTestProbe(Peer).Watch(remote);
        Assert.Equal("watched", await remote.Ask<string>("watched", Patience));
        await Peer.Terminate();
        ExpectEndAfterStop(subject);
    }

    private void ExpectEndAfterStop(IActorRef subject)
    {
        Watch(subject);
        Sys.Stop(subject);
        ExpectTerminated(subject);
    }

    [Fact]
    public async Task A_watcher_is_told_when_the_remote_system_falls_silent()
    {
        var listener = RawPeer.Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var address = $"akka.tcp://silent@127.0.0.1:{port}";
        Sys.EventStream.Subscribe(TestActor, typeof(QuarantinedEvent));
        var watching = Sys.ActorOf(Props.Create(() => new Watcher(TestActor)));
        watching.Tell(((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"{address}/user/subject#77"));

        // The handshake is answered, one heartbeat, and the watch that follows it; then nothing more comes, but the
        // connection stays open.
        using var silent = await RawPeer.AcceptAsync(listener, CancellationToken.None);
        await silent.ReceiveAsync();
        silent.Send(RawPeer.Associate(42, port, "silent"));
        await silent.ReceiveAsync(frame => Proto.GetText(frame, 1, 2, 2, 1).Contains("RWHB"));
        silent.Send(RawPeer.Envelope($"{AddressOf(Sys)}/system/remote-watcher", $"{address}/system/remote-watcher", Proto.Varint(1, 42), 16, "RWHR"));
        await silent.ReceivePartAsync(2, envelope => Proto.GetNumber(envelope, 5) == 1);
        silent.Send(RawPeer.Acknowledge(1));

        var told = new[] { ExpectMsg<object>(Patience), ExpectMsg<object>(Patience) };
        Assert.Equal(42, told.OfType<QuarantinedEvent>().Single().Uid);
        var terminated = told.OfType<Watcher.Told>().Single();
        Assert.True(terminated.AddressTerminated);
        Assert.False(terminated.ExistenceConfirmed);

        // The same incarnation may not come back, another may.
        using var back = RawPeer.Connect(AddressOf(Sys));
        back.Send(RawPeer.Associate(42, port, "silent"));
        Assert.NotNull(await back.ReceiveAsync(frame => Convert.ToHexString(frame) == "12020805"));
        Assert.True(await back.IsClosedAsync());
        using var restarted = RawPeer.Connect(AddressOf(Sys));
        restarted.Send(RawPeer.Associate(43, port, "silent"));
        restarted.Send(RawPeer.TextEnvelope(RemotePathOf(Sys, Sys.ActorOf(Echo)), $"{address}/temp/a", "hello"));
        Assert.Equal("hello", Proto.GetText(await restarted.ReceiveEnvelopeAsync(), 2, 1));
        listener.Stop();
    }

    private sealed class Watcher : ReceiveActor
    {
        public sealed record Told(bool ExistenceConfirmed, bool AddressTerminated);

        public Watcher(IActorRef log)
        {
            Receive<IActorRef>(subject => Context.Watch(subject));
            Receive<Terminated>(terminated => log.Tell(new Told(terminated.ExistenceConfirmed, terminated.AddressTerminated)));
        }
    }
}
