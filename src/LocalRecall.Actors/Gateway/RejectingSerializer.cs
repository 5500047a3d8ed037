using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace LocalRecall.Actors.Gateway;

/// <summary>
/// Takes the place of Akka's default JSON serializer, which makes whatever object the sender names. Nothing may leave or enter
/// that has no manifest.
/// </summary>
public sealed class RejectingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The id of Akka's JSON serializer.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw Refused(obj.GetType().FullName);

    public override object FromBinary(byte[] bytes, Type type) => throw Refused(type?.FullName);

    private static SerializationException Refused(string? type) => new($"{type ?? "This"} is no message between processes.");
}
