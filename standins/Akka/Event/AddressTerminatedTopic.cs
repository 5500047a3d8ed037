using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Event;

/// <summary>Tells actors that deal with remote ones when a remote system is gone.</summary>
internal sealed class AddressTerminatedTopic : IExtension
{
    private ImmutableHashSet<IActorRef> _subscribers = [];

    public static AddressTerminatedTopic Get(ActorSystem system) =>
        system.WithExtension<AddressTerminatedTopic, AddressTerminatedTopicProvider>();

    public void Subscribe(IActorRef subscriber) =>
        ImmutableInterlocked.Update(ref _subscribers, set => set.Add(subscriber));

    public void Unsubscribe(IActorRef subscriber) =>
        ImmutableInterlocked.Update(ref _subscribers, set => set.Remove(subscriber));

    public void Publish(AddressTerminated message)
    {
        foreach (var subscriber in _subscribers)
            subscriber.Tell(message, ActorRefs.NoSender);
    }
}

internal sealed class AddressTerminatedTopicProvider : ExtensionIdProvider<AddressTerminatedTopic>
{
    public override AddressTerminatedTopic CreateExtension(ExtendedActorSystem system) => new();
}
