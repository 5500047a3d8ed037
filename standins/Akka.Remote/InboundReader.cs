using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote;

/// <summary>Delivers what arrives on one association, and acknowledges system messages.</summary>
internal sealed class InboundReader(
    AkkaProtocolHandle handle, ReceiveBuffer<RemoteEnvelope> received, InboundDispatcher dispatcher, IActorRef manager, ILoggingAdapter log)
    : IAssociationListener
{
    private volatile bool _acknowledgementsOnly;

    public AkkaProtocolHandle Handle { get; } = handle;

    /// <summary>From now on only acknowledgements are read: another connection carries the messages.</summary>
    public void StopDelivering() => _acknowledgementsOnly = true;

    public void OnPayload(ByteString payload)
    {
        AckAndEnvelopeContainer container;
        try
        {
            container = AckAndEnvelopeContainer.Parser.ParseFrom(payload);
            if (container.Ack is { } ack)
                manager.Tell(new EndpointManager.Acknowledged(Handle, ToAck(ack)), ActorRefs.NoSender);
            if (container.Envelope is { } envelope && !_acknowledgementsOnly)
                Deliver(envelope);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            log.Error(e, "Error while decoding incoming Akka PDU from [{0}]", Handle.RemoteAddress);
            _ = Handle.Disassociate(DisassociateInfo.Unknown);
            OnDisassociated(DisassociateInfo.Unknown);
        }
    }

    public void OnDisassociated(DisassociateInfo info) =>
        manager.Tell(new EndpointManager.Disassociated(Handle, info), ActorRefs.NoSender);

    private void Deliver(RemoteEnvelope envelope)
    {
        if (envelope.Recipient is null || envelope.Message is null)
            throw new InvalidDataException("An envelope lacks its recipient or its message");
        if (envelope.Seq == AkkaPduCodec.SeqUndefined)
        {
            dispatcher.Dispatch(envelope);
            return;
        }
        lock (received)
        {
            var (due, ack) = received.Receive(unchecked((long)envelope.Seq), envelope);
            foreach (var message in due)
                dispatcher.Dispatch(message);
            Handle.Write(ToPayload(ack));
        }
    }

    private static Ack ToAck(AcknowledgementInfo info) =>
        new(unchecked((long)info.CumulativeAck), [.. info.Nacks.Select(nack => unchecked((long)nack))]);

    private static ByteString ToPayload(Ack ack) => new AckAndEnvelopeContainer
    {
        Ack = new AcknowledgementInfo
        {
            CumulativeAck = unchecked((ulong)ack.Cumulative),
            Nacks = { ack.Nacks.Select(nack => unchecked((ulong)nack)) },
        },
    }.ToByteString();
}
