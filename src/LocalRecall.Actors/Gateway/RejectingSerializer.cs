using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace LocalRecall.Actors.Gateway;

/// <summary>
/// Takes the place of Akka's default JSON serializer, which makes whatever object the sender names. Nothing may leave or enter
/// that has no manifest. One with string manifests, so that Akka does not even look for the type that a sender names.
/// </summary>
public sealed class RejectingSerializer : SerializerWithStringManifest
{
    /// <summary>Akka has settings for the serializer named json and hands them to whoever takes that name.</summary>
    public RejectingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    /// <summary>The id of Akka's JSON serializer.</summary>
    public override int Identifier => 1;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => throw Refused(obj.GetType().FullName);

    public override object FromBinary(byte[] bytes, string manifest) => throw Refused(manifest);

    private static SerializationException Refused(string? type) => new($"{type ?? "This"} is no message between processes.");
}
