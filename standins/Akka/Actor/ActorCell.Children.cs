using Akka.Actor.Internal;
using Akka.Util;

namespace Akka.Actor;

public partial class ActorCell
{
    private ChildSet _children = ChildSet.Empty;
    private long _lastRandomName = -1;

    public IEnumerable<IInternalActorRef> GetChildren() => Volatile.Read(ref _children).ByName.Values.Select(s => s.Child);

    IEnumerable<IActorRef> IActorContext.GetChildren() => GetChildren();

    IActorRef IActorContext.Child(string name) =>
        Volatile.Read(ref _children).ByName.TryGetValue(name, out var stats) ? stats.Child : ActorRefs.Nobody;

    public virtual IActorRef ActorOf(Props props, string name = null) => MakeChild(props, name, systemService: false);

    public virtual IActorRef AttachChild(Props props, bool isSystemService, string name = null) =>
        MakeChild(props, name, isSystemService);

    /// <summary>A child by name, or by name and uid: <c>name#uid</c>.</summary>
    public IInternalActorRef GetSingleChild(string name)
    {
        var (plain, uid) = GetNameAndUid(name);
        return Volatile.Read(ref _children).ByName.TryGetValue(plain, out var stats)
            && (uid == UndefinedUid || uid == stats.Uid)
            ? stats.Child
            : ActorRefs.Nobody;
    }

    /// <summary>Stops a child of this actor, this actor, or any other.</summary>
    public void Stop(IActorRef child)
    {
        UpdateChildren(set => set.Find(child) is null ? set : set.ShallDie(child));
        ((IInternalActorRef)child).Stop();
    }

    private IInternalActorRef MakeChild(Props props, string name, bool systemService)
    {
        ArgumentNullException.ThrowIfNull(props);
        name = name is null ? Interlocked.Increment(ref _lastRandomName).Base64Encode("$") : CheckName(name);
        CheckMayAdd(Volatile.Read(ref _children), name);
        var child = _system.Provider.ActorOf(
            _system, props, _self, new ChildActorPath(_self.Path, name, NewUid()), systemService,
            deploy: null, lookupDeploy: true, async: false);
        InitChild(child);
        if (Mailbox is { } mailbox && IsFailed)
            for (var i = mailbox.SuspendCount(); i > 0; i--)
                child.Suspend();
        child.Start();
        return child;
    }

    private static string CheckName(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty.");
        return ActorPath.IsValidPathElement(name)
            ? name
            : throw new InvalidActorNameException($"Illegal actor name [{name}]. {ActorPath.ValidActorNameDescription}");
    }

    private static void CheckMayAdd(ChildSet set, string name)
    {
        if (set.IsTerminating)
            throw new InvalidOperationException("Cannot create child while terminating or terminated");
        if (set.ByName.ContainsKey(name))
            throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
    }

    /// <summary>Enters a child that has been made but not started.</summary>
    public ChildRestartStats InitChild(IInternalActorRef actor)
    {
        var stats = new ChildRestartStats(actor);
        UpdateChildren(set =>
        {
            CheckMayAdd(set, actor.Path.Name);
            return set.Add(stats);
        });
        return stats;
    }

    /// <summary>Replaces the set; callers may race only while a guardian gets top-level actors from outside.</summary>
    private (ChildSet Before, ChildSet After) UpdateChildren(Func<ChildSet, ChildSet> update)
    {
        while (true)
        {
            var before = Volatile.Read(ref _children);
            var after = update(before);
            if (ReferenceEquals(Interlocked.CompareExchange(ref _children, after, before), before))
                return (before, after);
        }
    }

    /// <summary>True if there are children to wait for; the reason then says what happens after them.</summary>
    private bool MustWaitForChildren(SuspendReason reason) =>
        !UpdateChildren(set => set.WaitingFor(reason)).After.Dying.IsEmpty;

    private void SuspendChildren(IReadOnlyCollection<IActorRef> exceptFor = null)
    {
        foreach (var child in GetChildren())
            if (exceptFor?.Contains(child) != true)
                child.Suspend();
    }

    private void ResumeChildren(Exception causedByFailure, IActorRef perpetrator)
    {
        foreach (var child in GetChildren())
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
    }
}
