using Akka.Actor;
using Akka.Configuration;

namespace LocalRecall.Conformance;

/// <summary>Two actor systems that talk over loopback: the test kit's own, and <see cref="Peer"/>.</summary>
public abstract class RemoteSpec(string config = "") : Spec(Remote + config)
{
    protected const string Remote = """
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }

        """;

    private readonly List<ActorSystem> _peers = [];
    private ActorSystem? _peer;

    protected static readonly Props Echo = Lambda.Props((context, message) => context.Sender.Tell(message, context.Self));

    /// <summary>Made when first used.</summary>
    protected ActorSystem Peer => _peer ??= StartPeer("peer");

    protected ActorSystem StartPeer(string name, string config = "")
    {
        var peer = ActorSystem.Create(name, ConfigurationFactory.ParseString($"akka.loglevel = OFF\nakka.log-dead-letters = off\n{Remote}\n{config}"));
        _peers.Add(peer);
        return peer;
    }

    protected static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>The actor's path as others write it.</summary>
    protected static string RemotePathOf(ActorSystem system, IActorRef actor) => actor.Path.ToStringWithAddress(AddressOf(system));

    /// <summary>A reference, as <paramref name="from"/> has it, to an actor of <paramref name="system"/>.</summary>
    protected static Task<IActorRef> ResolveAsync(ActorSystem from, ActorSystem system, IActorRef actor) =>
        from.ActorSelection(RemotePathOf(system, actor)).ResolveOne(Patience);

    protected override void AfterAll()
    {
        base.AfterAll();
        foreach (var peer in _peers)
            peer.Terminate();
        Assert.True(Task.WaitAll([.. _peers.Select(peer => peer.WhenTerminated)], Patience), "a peer did not terminate");
    }
}
