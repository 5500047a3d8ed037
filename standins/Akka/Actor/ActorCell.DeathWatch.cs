using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

public partial class ActorCell
{
    // Subject → the message asked for with WatchWith, or null.
    private Dictionary<IActorRef, object> _watching;
    private HashSet<IActorRef> _watchedBy;

    // Subjects whose Terminated is in the mailbox; taken out again by Unwatch.
    private Dictionary<IActorRef, object> _terminatedQueued;

    public IActorRef Watch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return StartWatching((IInternalActorRef)subject, null);
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(message);
        return StartWatching((IInternalActorRef)subject, message);
    }

    private IInternalActorRef StartWatching(IInternalActorRef subject, object message)
    {
        if (subject.Equals(_self) || _watching?.ContainsKey(subject) == true)
            return subject;
        WithAddressSubscription(subject, () =>
        {
            subject.SendSystemMessage(new Watch(subject, _self));
            (_watching ??= []).Add(subject, message);
        });
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var internalSubject = (IInternalActorRef)subject;
        if (_watching?.ContainsKey(subject) == true)
        {
            internalSubject.SendSystemMessage(new Unwatch(internalSubject, _self));
            WithAddressSubscription(subject, () => _watching.Remove(subject));
        }

        _terminatedQueued?.Remove(subject);
        return subject;
    }

    internal void TerminatedQueuedFor(IActorRef subject, object customMessage) =>
        (_terminatedQueued ??= [])[subject] = customMessage;

    protected void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued?.Remove(terminated.ActorRef, out var custom) == true)
            ReceiveMessage(custom ?? terminated);
    }

    protected void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        if (_watching?.TryGetValue(actor, out var custom) == true)
        {
            WithAddressSubscription(actor, () => _watching.Remove(actor));
            if (!_children.IsTerminating)
            {
                _self.Tell(new Terminated(actor, existenceConfirmed, addressTerminated), actor);
                TerminatedQueuedFor(actor, custom);
            }
        }

        if (_children.Find(actor) is not null)
            HandleChildTerminated(actor);
    }

    private void AddWatcher(IActorRef watchee, IActorRef watcher)
    {
        if (watchee.Equals(_self) && !watcher.Equals(_self))
            WithAddressSubscription(watcher, () => (_watchedBy ??= []).Add(watcher));
        else if (watcher.Equals(_self))
            Watch(watchee);
        else
            Publish(new Warning(_self.Path.ToString(), ActorType, $"BUG: illegal Watch({watchee},{watcher}) for {_self}"));
    }

    private void RemWatcher(IActorRef watchee, IActorRef watcher)
    {
        if (watchee.Equals(_self) && !watcher.Equals(_self))
            WithAddressSubscription(watcher, () => _watchedBy?.Remove(watcher));
        else if (watcher.Equals(_self))
            Unwatch(watchee);
        else
            Publish(new Warning(_self.Path.ToString(), ActorType, $"BUG: illegal Unwatch({watchee},{watcher}) for {_self}"));
    }

    /// <summary>Remote watchers first: telling the local ones may be what shuts remoting down.</summary>
    private void TellWatchersWeDied()
    {
        if (_watchedBy is not { Count: > 0 } watchers)
            return;
        foreach (var watcher in watchers.Cast<IInternalActorRef>().OrderBy(w => w.IsLocal))
            if (!watcher.Equals(Parent)) // the parent is told in any case
                watcher.SendSystemMessage(new DeathWatchNotification(_self, true, false));
        WithAddressSubscription(null, () => _watchedBy = null);
    }

    private void UnwatchWatchedActors()
    {
        if (_watching is not { Count: > 0 } watching)
            return;
        WithAddressSubscription(null, () =>
        {
            _watching = null;
            _terminatedQueued = null;
            foreach (var subject in watching.Keys.Cast<IInternalActorRef>())
                subject.SendSystemMessage(new Unwatch(subject, _self));
        });
    }

    private void AddressTerminated(Address address)
    {
        WithAddressSubscription(null, () => _watchedBy?.RemoveWhere(w => w.Path.Address == address));
        foreach (var subject in (_watching?.Keys ?? Enumerable.Empty<IActorRef>()).Where(s => s.Path.Address == address).ToList())
            _self.SendSystemMessage(new DeathWatchNotification(subject, _children.Find(subject) is not null, true));
    }

    /// <summary>While any remote actor is involved, this one hears of systems that go away.</summary>
    private void WithAddressSubscription(IActorRef changed, Action change)
    {
        if (changed is not null && !IsRemote(changed))
        {
            change();
            return;
        }

        var before = InvolvesRemote();
        change();
        var after = InvolvesRemote();
        if (before && !after)
            AddressTerminatedTopic.Get(_system).Unsubscribe(_self);
        else if (after && !before)
            AddressTerminatedTopic.Get(_system).Subscribe(_self);
    }

    private bool InvolvesRemote() => _watching?.Keys.Any(IsRemote) == true || _watchedBy?.Any(IsRemote) == true;

    private static bool IsRemote(IActorRef actor) => actor is IInternalActorRef { IsLocal: false };
}
