using System.Buffers.Binary;
using AkkaRemote.Wire;
using Google.Protobuf;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client.Wire;

/// <summary>Builds and takes apart Akka.Remote frames: a 4-byte little-endian length and an <see cref="AkkaProtocolMessage"/>.</summary>
internal static class Frames
{
    public const int PrefixBytes = 4;

    /// <summary>Akka's <c>maximum-frame-size</c>.</summary>
    public const int MaxBodyBytes = 128_000;

    /// <summary>The <c>seq</c> of an ordinary message, which is not acknowledged.</summary>
    private const ulong NoSequence = ulong.MaxValue;

    public static byte[] Associate(AkkaAddress own, ulong uid) => Frame(new AkkaProtocolMessage
    {
        Instruction = new AkkaControlMessage
        {
            CommandType = CommandType.Associate,
            HandshakeInfo = new AkkaHandshakeInfo
            {
                Origin = new AddressData { System = own.System, Hostname = own.Host.ToString(), Port = (uint)own.Port, Protocol = "tcp" },
                Uid = uid,
            },
        },
    });

    public static byte[] Control(CommandType command) =>
        Frame(new AkkaProtocolMessage { Instruction = new AkkaControlMessage { CommandType = command } });

    /// <param name="recipient">Full path, address included; so too <paramref name="sender"/>.</param>
    public static byte[] Message(string recipient, string sender, IWireMessage message)
    {
        var container = new AckAndEnvelopeContainer
        {
            Envelope = new RemoteEnvelope
            {
                Recipient = new ActorRefData { Path = recipient },
                Sender = new ActorRefData { Path = sender },
                Seq = NoSequence,
                Message = new Payload
                {
                    SerializerId = MessageCodec.SerializerId,
                    MessageManifest = ByteString.CopyFromUtf8(MessageCodec.ManifestOf(message)),
                    Message = UnsafeByteOperations.UnsafeWrap(MessageCodec.Encode(message)),
                },
            },
        };
        return Frame(new AkkaProtocolMessage { Payload = UnsafeByteOperations.UnsafeWrap(container.ToByteArray()) });
    }

    /// <summary>Our message inside a payload; null for anything else that Akka may say on the way.</summary>
    /// <exception cref="WireFormatException"/>
    /// <exception cref="InvalidProtocolBufferException"/>
    public static IWireMessage? MessageIn(ByteString payload)
    {
        Payload? message = AckAndEnvelopeContainer.Parser.ParseFrom(payload).Envelope?.Message;
        return message?.SerializerId == MessageCodec.SerializerId
            ? MessageCodec.Decode(message.MessageManifest.ToStringUtf8(), message.Message.Span)
            : null;
    }

    private static byte[] Frame(AkkaProtocolMessage body)
    {
        int sizeBytes = body.CalculateSize();
        byte[] frame = new byte[PrefixBytes + sizeBytes];
        BinaryPrimitives.WriteInt32LittleEndian(frame, sizeBytes);
        body.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }
}
