using Akka.Actor;

namespace Akka.Remote;

/// <summary>The random number that tells one incarnation of an actor system from another at the same address.</summary>
public class AddressUidExtension : ExtensionIdProvider<AddressUid>
{
    public override AddressUid CreateExtension(ExtendedActorSystem system) => new();

    public static int Uid(ActorSystem system) => system.WithExtension<AddressUid, AddressUidExtension>().Uid;
}

public class AddressUid : IExtension
{
    public readonly int Uid = Random.Shared.Next();
}
