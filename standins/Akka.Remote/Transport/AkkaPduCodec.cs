using Akka.Actor;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Transport;

internal enum DisassociateInfo
{
    Unknown,
    Shutdown,
    Quarantined,
}

/// <summary>A frame that is no valid Akka protocol message.</summary>
internal sealed class PduCodecException(string message, Exception? cause = null) : AkkaException(message, cause);

internal sealed record HandshakeInfo(Address Origin, int Uid);

/// <summary>What one frame says.</summary>
internal abstract record Pdu
{
    public sealed record Payload(ByteString Bytes) : Pdu;
    public sealed record Associate(HandshakeInfo Info) : Pdu;
    public sealed record Disassociate(DisassociateInfo Reason) : Pdu;
    public sealed record Heartbeat : Pdu;
}

/// <summary>What frames say, from and to their protobuf messages. The handshake's addresses have the transport's scheme ("tcp").</summary>
internal static class AkkaPduCodec
{
    /// <summary>The seq of a message that is not acknowledged.</summary>
    public const ulong SeqUndefined = ulong.MaxValue;

    public static readonly AkkaProtocolMessage Heartbeat = Control(CommandType.Heartbeat);

    /// <exception cref="PduCodecException"/>
    public static Pdu Decode(byte[] frame)
    {
        AkkaProtocolMessage message;
        try
        {
            message = AkkaProtocolMessage.Parser.ParseFrom(frame);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PduCodecException("Decoding PDU failed", e);
        }
        if (message.Instruction is null)
        {
            return message.Payload.IsEmpty
                ? throw new PduCodecException("Error decoding Akka PDU: Neither message nor control message were contained")
                : new Pdu.Payload(message.Payload);
        }
        return message.Instruction.CommandType switch
        {
            CommandType.Associate when message.Instruction.HandshakeInfo?.Origin is { } origin =>
                new Pdu.Associate(new HandshakeInfo(
                    new Address(origin.Protocol, origin.System, origin.Hostname, (int)origin.Port),
                    unchecked((int)message.Instruction.HandshakeInfo.Uid))),
            CommandType.Disassociate => new Pdu.Disassociate(DisassociateInfo.Unknown),
            CommandType.DisassociateShuttingDown => new Pdu.Disassociate(DisassociateInfo.Shutdown),
            CommandType.DisassociateQuarantined => new Pdu.Disassociate(DisassociateInfo.Quarantined),
            CommandType.Heartbeat => new Pdu.Heartbeat(),
            _ => throw new PduCodecException($"Decoding of control PDU failed, invalid format, unexpected {message.Instruction}"),
        };
    }

    public static AkkaProtocolMessage Payload(ByteString payload) => new() { Payload = payload };

    public static AkkaProtocolMessage Associate(HandshakeInfo info) => Control(CommandType.Associate, new AkkaHandshakeInfo
    {
        Origin = new AddressData
        {
            System = info.Origin.System,
            Hostname = info.Origin.Host,
            Port = (uint)info.Origin.Port!.Value,
            Protocol = info.Origin.Protocol,
        },
        Uid = unchecked((ulong)info.Uid),
    });

    public static AkkaProtocolMessage Disassociate(DisassociateInfo reason) => Control(reason switch
    {
        DisassociateInfo.Quarantined => CommandType.DisassociateQuarantined,
        DisassociateInfo.Shutdown => CommandType.DisassociateShuttingDown,
        _ => CommandType.Disassociate,
    });

    private static AkkaProtocolMessage Control(CommandType command, AkkaHandshakeInfo? handshake = null) => new()
    {
        Instruction = new AkkaControlMessage { CommandType = command, HandshakeInfo = handshake },
    };
}
