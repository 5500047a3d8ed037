using Akka.Actor;
using Akka.Serialization;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Gateway;

/// <summary>Akka's side of <see cref="MessageCodec"/>: the only serializer for what clients and host say to each other.</summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => MessageCodec.SerializerId;

    public override string Manifest(object o) => MessageCodec.ManifestOf((IWireMessage)o);

    public override byte[] ToBinary(object obj) => MessageCodec.Encode((IWireMessage)obj);

    public override object FromBinary(byte[] bytes, string manifest) => MessageCodec.Decode(manifest, bytes);
}
