using Akka.Actor;
using Akka.Serialization;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Messages to and from <see cref="Payload"/>, by the system's own serializers.</summary>
internal static class MessageSerializer
{
    /// <summary>A message inside another. Null is a payload with nothing in it.</summary>
    public static Payload ToPayload(ExtendedActorSystem system, object? message)
    {
        if (message is null)
            return new Payload();
        var serializer = system.Serialization.FindSerializerFor(message);
        return new Payload
        {
            Message = UnsafeByteOperations.UnsafeWrap(serializer.ToBinary(message)),
            SerializerId = serializer.Identifier,
            MessageManifest = ByteString.CopyFromUtf8(Akka.Serialization.Serialization.ManifestFor(serializer, message)),
        };
    }

    /// <summary>As <see cref="ToPayload"/>; actor references inside get our remote address.</summary>
    public static Payload Serialize(ExtendedActorSystem system, object message) =>
        Akka.Serialization.Serialization.WithTransport(system, () => ToPayload(system, message));

    /// <exception cref="System.Runtime.Serialization.SerializationException">No serializer has this id, or it cannot read the bytes.</exception>
    public static object Deserialize(ExtendedActorSystem system, Payload payload) =>
        system.Serialization.Deserialize(payload.Message.ToByteArray(), payload.SerializerId, payload.MessageManifest.ToStringUtf8());

    /// <summary>The reverse of <see cref="ToPayload"/>.</summary>
    public static object? FromPayload(ExtendedActorSystem system, Payload? payload) =>
        payload is null || payload is { SerializerId: 0, Message.IsEmpty: true } ? null : Deserialize(system, payload);

    public static ActorRefData ToProto(IActorRef actor) => new() { Path = Akka.Serialization.Serialization.SerializedActorPath(actor) };

    /// <summary>Null if there is no path.</summary>
    public static IInternalActorRef? ToActorRef(ExtendedActorSystem system, ActorRefData? data) =>
        string.IsNullOrEmpty(data?.Path) ? null : (IInternalActorRef)system.Provider.ResolveActorRef(data.Path);
}
