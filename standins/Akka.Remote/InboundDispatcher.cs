using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Serialization;
using AkkaRemote.Wire;

namespace Akka.Remote;

/// <summary>Deserialises an arrived message and hands it to its local recipient, as far as it may.</summary>
internal sealed class InboundDispatcher(ExtendedActorSystem system, RemoteActorRefProvider provider, ILoggingAdapter log)
{
    private readonly RemoteSettings _settings = provider.RemoteSettings;

    /// <summary>Never throws: a message that cannot be read is logged and dropped, and the association lives on.</summary>
    public void Dispatch(RemoteEnvelope envelope)
    {
        try
        {
            var recipient = provider.ResolveRecipient(envelope.Recipient.Path);
            var sender = envelope.Sender is null
                ? system.DeadLetters
                : provider.ResolveRecipient(envelope.Sender.Path);
            Deliver(MessageSerializer.Deserialize(system, envelope.Message), recipient, sender);
        }
        catch (Exception e)
        {
            log.Warning(e, "Deserialization failed for message with serializer id [{0}] and manifest [{1}]. Transient association error (association remains live). {2}",
                envelope.Message.SerializerId, envelope.Message.MessageManifest.ToStringUtf8(), e.Message);
        }
    }

    private void Deliver(object message, IInternalActorRef recipient, IActorRef sender)
    {
        if (_settings.LogReceive)
            log.Debug("received local message [RemoteMessage: {0} to {1} from {2}]", message, recipient, sender);
        if (!recipient.IsLocal)
        {
            log.Error("Dropping message [{0}] for non-local recipient [{1}] arriving at [{2}] inbound addresses [{3}]",
                message.GetType(), recipient, recipient.Path.Address, provider.DefaultAddress);
            return;
        }
        switch (message)
        {
            case ActorSelectionMessage selection when _settings.UntrustedMode && !IsTrusted(selection, recipient):
                log.Debug("operating in UntrustedMode, dropping inbound actor selection to [{0}], allow it by adding the path to 'akka.remote.trusted-selection-paths' in configuration",
                    PathOf(selection));
                break;
            case ActorSelectionMessage selection:
                // Walked here, and not by the mailboxes of the actors on the way, which may be busy.
                ActorSelection.DeliverSelection(recipient, sender, selection);
                break;
            case IPossiblyHarmful when _settings.UntrustedMode:
                log.Debug("operating in UntrustedMode, dropping inbound IPossiblyHarmful message of type {0}", message.GetType());
                break;
            case ISystemMessage systemMessage:
                recipient.SendSystemMessage(systemMessage);
                break;
            default:
                recipient.Tell(message, sender);
                break;
        }
    }

    private bool IsTrusted(ActorSelectionMessage selection, IActorRef recipient) =>
        _settings.TrustedSelectionPaths.Contains(PathOf(selection))
        && selection.Message is not IPossiblyHarmful
        && recipient.Equals(provider.RootGuardian);

    private static string PathOf(ActorSelectionMessage selection) =>
        "/" + string.Join("/", selection.Elements.Select(element => element.ToString()));
}
