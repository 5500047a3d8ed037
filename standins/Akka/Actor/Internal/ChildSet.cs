using System.Collections.Immutable;

namespace Akka.Actor.Internal;

/// <summary>Why an actor waits for children to stop.</summary>
internal abstract record SuspendReason
{
    /// <summary>It only stopped a child; it goes on meanwhile.</summary>
    public sealed record UserRequest : SuspendReason;

    public sealed record Creation : SuspendReason;

    public sealed record Recreation(Exception Cause) : SuspendReason;

    public sealed record Termination : SuspendReason;
}

/// <summary>The children of an actor, and those of them that have been told to stop. Immutable: replaced as a whole.</summary>
internal sealed record ChildSet
{
    public static readonly ChildSet Empty = new();

    /// <summary>Of an actor that is gone.</summary>
    public static readonly ChildSet Closed = new() { Reason = new SuspendReason.Termination() };

    public ImmutableDictionary<string, ChildRestartStats> ByName { get; private init; } =
        ImmutableDictionary<string, ChildRestartStats>.Empty;

    public ImmutableHashSet<IActorRef> Dying { get; private init; } = ImmutableHashSet<IActorRef>.Empty;

    /// <summary>Why the dying are waited for; null when none is dying.</summary>
    public SuspendReason Reason { get; private init; }

    public bool IsNormal => Reason is null or SuspendReason.UserRequest;

    public bool IsTerminating => Reason is SuspendReason.Termination;

    public bool IsWaiting => Reason is SuspendReason.Creation or SuspendReason.Recreation;

    public ChildRestartStats Find(IActorRef child) =>
        ByName.TryGetValue(child.Path.Name, out var stats) && stats.Child.Equals(child) ? stats : null;

    public ChildSet Add(ChildRestartStats stats) => this with { ByName = ByName.Add(stats.Child.Path.Name, stats) };

    public ChildSet ShallDie(IActorRef child) =>
        this with { Dying = Dying.Add(child), Reason = Reason ?? new SuspendReason.UserRequest() };

    public ChildSet AllShallDie() => ByName.IsEmpty
        ? Closed
        : this with { Dying = [.. ByName.Values.Select(s => s.Child)], Reason = new SuspendReason.Termination() };

    public ChildSet WaitingFor(SuspendReason reason) => Dying.IsEmpty ? this : this with { Reason = reason };

    public ChildSet Remove(IActorRef child)
    {
        var dying = Dying.Remove(child);
        return this with
        {
            ByName = Find(child) is null ? ByName : ByName.Remove(child.Path.Name),
            Dying = dying,
            Reason = dying.IsEmpty && !IsTerminating ? null : Reason
        };
    }
}
