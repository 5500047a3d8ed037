using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class RemoteUntrustedSpecs() : RemoteSpec("""
    akka.remote.untrusted-mode = on
    akka.remote.trusted-selection-paths = ["/user/gateway"]
    """)
{
    private IActorRef StartForwarder(string name) => Sys.ActorOf(Lambda.Props((_, message) => TestActor.Tell(message)), name);

    private ActorSelection FromPeer(string path) => Peer.ActorSelection($"{AddressOf(Sys)}{path}");

    /// <summary>A reference that was handed out, for an actor that no selection reaches.</summary>
    private async Task<IActorRef> HandOutAsync(IActorRef actor)
    {
        Sys.ActorOf(Lambda.Props((context, _) => context.Sender.Tell(actor, context.Self)), "gateway");
        return await FromPeer("/user/gateway").Ask<IActorRef>("please", Patience);
    }

    [Fact]
    public async Task Trusted_paths_can_be_selected()
    {
        Sys.ActorOf(Echo, "gateway");
        Assert.Equal("hello", await FromPeer("/user/gateway").Ask<string>("hello", Patience));
        Assert.Equal("gateway", (await FromPeer("/user/gateway").ResolveOne(Patience)).Path.Name);
    }

    [Fact]
    public async Task No_other_path_can_be_selected()
    {
        StartForwarder("secret");
        Sys.ActorOf(Echo, "gateway");
        FromPeer("/user/secret").Tell("psst");
        FromPeer("/user/*").Tell("everybody");
        FromPeer("/user/gateway/../secret").Tell("round the corner");
        // Comes after them on the same connection.
        Assert.Equal("hello", await FromPeer("/user/gateway").Ask<string>("hello", Patience));
        ExpectNoMsg(Soon);
    }

    [Fact]
    public async Task A_reference_that_was_handed_out_can_be_used()
    {
        var remote = await HandOutAsync(StartForwarder("secret"));
        remote.Tell("hello");
        ExpectMsg("hello");
    }

    [Fact]
    public async Task Harmful_messages_are_dropped()
    {
        var secret = StartForwarder("secret");
        Watch(secret);
        var remote = await HandOutAsync(secret);
        remote.Tell(PoisonPill.Instance);
        ((IInternalActorRef)remote).Stop();
        FromPeer("/user/gateway").Tell(PoisonPill.Instance);
        remote.Tell("still alive");
        ExpectMsg("still alive");
        Assert.False((await FromPeer("/user/gateway").Ask<IActorRef>("please", Patience)).IsNobody());
    }
}
