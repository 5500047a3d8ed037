using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Gateway;

/// <summary>
/// Akka's side of <see cref="MessageCodec"/>: the only serializer for what clients and host say to each other. Akka drops a message over
/// a <see cref="SerializationException"/> and closes the connection over any other.
/// </summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => MessageCodec.SerializerId;

    public override string Manifest(object o) => MessageCodec.ManifestOf((IWireMessage)o);

    public override byte[] ToBinary(object obj)
    {
        try
        {
            return MessageCodec.Encode((IWireMessage)obj);
        }
        catch (MessageTooLargeException e)
        {
            throw new SerializationException(e.Message, e);
        }
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return MessageCodec.Decode(manifest, bytes);
        }
        catch (WireFormatException e)
        {
            throw new SerializationException(e.Message, e);
        }
    }
}
