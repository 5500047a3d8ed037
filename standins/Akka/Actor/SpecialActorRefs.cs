using System.Collections.Concurrent;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A path without an actor: what it is sent becomes a dead letter, who watches it is told at once.</summary>
public class EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override bool IsTerminated => true;

    public override void SendSystemMessage(ISystemMessage message) => SpecialHandle(message, Provider.DeadLetters);

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is DeadLetter letter)
            SpecialHandle(letter.Message, letter.Sender);
        else if (!SpecialHandle(message, sender))
            PublishDeadLetter(message, sender);
    }

    /// <summary>True if the message needed no dead letter.</summary>
    protected virtual bool SpecialHandle(object message, IActorRef sender)
    {
        switch (message)
        {
            case Watch watch:
                if (watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
                    watch.Watcher.SendSystemMessage(new DeathWatchNotification(
                        watch.Watchee, existenceConfirmed: false, addressTerminated: false));
                return true;
            case Unwatch:
                return true;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                return true;
            case ActorSelectionMessage { Message: Identify identify } selection:
                if (!selection.WildCardFanOut)
                    sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                return true;
            case ActorSelectionMessage selection:
                if (selection.Message is IDeadLetterSuppression suppressedSelection)
                    PublishSuppressed(suppressedSelection, sender);
                else
                    PublishDeadLetter(selection.Message, sender);
                return true;
            case IDeadLetterSuppression suppressed:
                PublishSuppressed(suppressed, sender);
                return true;
            default:
                return false;
        }
    }

    private protected void PublishDeadLetter(object message, IActorRef sender) =>
        eventStream.Publish(new DeadLetter(message, sender.IsNobody() ? Provider.DeadLetters : sender, this));

    private void PublishSuppressed(IDeadLetterSuppression message, IActorRef sender) =>
        eventStream.Publish(new SuppressedDeadLetter(message, sender.IsNobody() ? Provider.DeadLetters : sender, this));
}

/// <summary>Where messages go that nobody will read; each is published as a <see cref="DeadLetter"/>.</summary>
public class DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    : EmptyLocalActorRef(provider, path, eventStream)
{
    private readonly EventStream _eventStream = eventStream;

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, ActorRefs.Nobody), ActorRefs.NoSender);
                break;
            case DeadLetter letter:
                if (!SpecialHandle(letter.Message, letter.Sender))
                    _eventStream.Publish(letter);
                break;
            default:
                if (!SpecialHandle(message, sender))
                    PublishDeadLetter(message, sender);
                break;
        }
    }

    protected override bool SpecialHandle(object message, IActorRef sender)
    {
        // A watch that was on its way to an actor that has died meanwhile.
        if (message is not Watch watch)
            return base.SpecialHandle(message, sender);
        if (!watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(
                watch.Watchee, existenceConfirmed: false, addressTerminated: false));
        return true;
    }
}

/// <summary>Swallows everything.</summary>
internal sealed class IgnoreActorRef(IActorRefProvider provider) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "local")) / "ignore";

    public override IActorRefProvider Provider { get; } = provider;
}

/// <summary>A branch of the tree whose children are put there by hand: <c>/temp</c>, for one.</summary>
internal sealed class VirtualPathContainer(IActorRefProvider provider, ActorPath path, IInternalActorRef parent)
    : MinimalActorRef
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _children = new();

    public override IActorRefProvider Provider { get; } = provider;

    public override IInternalActorRef Parent { get; } = parent;

    public override ActorPath Path { get; } = path;

    public void AddChild(string name, IInternalActorRef child) => _children[name] = child;

    public void RemoveChild(string name) => _children.TryRemove(name, out _);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        if (name.Count == 0)
            return this;
        if (!_children.TryGetValue(name[0], out var child))
            return ActorRefs.Nobody;
        return name.Count == 1 ? child : child.GetChild(name.Skip(1).ToList());
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is ActorSelectionMessage { Elements: [SelectChildName first, .. var rest] } selection)
        {
            if (_children.TryGetValue(first.Name, out var child))
                ActorSelection.DeliverSelection(
                    child, sender, new ActorSelectionMessage(selection.Message, rest, selection.WildCardFanOut));
            else if (selection.Message is Identify identify)
                sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
            else
                Provider.DeadLetters.Tell(selection.Message, sender);
        }
        else
            Provider.DeadLetters.Tell(message, sender);
    }
}

/// <summary>Above the root: the end of the system when the root is gone.</summary>
public class RootGuardianSupervisor(
    RootActorPath root, IActorRefProvider provider, TaskCompletionSource<Status> terminationPromise, ILoggingAdapter log)
    : MinimalActorRef
{
    public override ActorPath Path { get; } = root / "_Root-guardian-supervisor";

    public override IActorRefProvider Provider { get; } = provider;

    public Exception CauseOfTermination { get; private set; }

    public override void SendSystemMessage(ISystemMessage systemMessage)
    {
        switch (systemMessage)
        {
            case Failed failed:
                log.Error(failed.Cause, "guardian {0} failed, shutting down!", failed.Child);
                CauseOfTermination = failed.Cause;
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                Stop();
                break;
        }
    }

    public override void Stop() => terminationPromise.TrySetResult(
        CauseOfTermination is null ? new Status.Success(null) : new Status.Failure(CauseOfTermination));
}

internal sealed class RootGuardianActorRef(
    ActorSystemImpl system, Props props, MessageDispatcher dispatcher, MailboxType mailboxType,
    IInternalActorRef supervisor, ActorPath path, IInternalActorRef deadLetters)
    : LocalActorRef(system, props, dispatcher, mailboxType, supervisor, path)
{
    private IInternalActorRef _tempContainer;

    public override IInternalActorRef Parent => this;

    public void SetTempContainer(IInternalActorRef tempContainer) => _tempContainer = tempContainer;

    public override IInternalActorRef GetSingleChild(string name) => name switch
    {
        "temp" => _tempContainer,
        "deadLetters" => deadLetters,
        _ => base.GetSingleChild(name)
    };
}
