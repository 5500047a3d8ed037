using Akka.Actor;
using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>
/// Waits until every request in flight is answered; what is not in time is handed back to its client. Answers <see cref="Drain"/>
/// with <see cref="Drained"/>, then stops.
/// </summary>
public sealed class DrainActor : ReceiveActor, IWithTimers
{
    private readonly HashSet<IActorRef> _busy;
    private readonly TimeSpan _drainTime;
    private IActorRef _asker = ActorRefs.Nobody;

    public DrainActor(IReadOnlyList<IActorRef> coordinators, TimeSpan drainTime)
    {
        _busy = [.. coordinators];
        _drainTime = drainTime;
        Receive<Drain>(drain =>
        {
            _asker = Sender;
            TellBusy(drain);
            Timers.StartSingleTimer(nameof(TimeIsUp), TimeIsUp.Instance, _drainTime);
        });
        Receive<TimeIsUp>(_ =>
        {
            TellBusy(Drain.Instance); // again, for one that was made anew meanwhile
            TellBusy(HandBack.Instance);
        });
        Receive<Drained>(_ => OnDrained());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IReadOnlyList<IActorRef> coordinators, TimeSpan drainTime) =>
        Props.Create(() => new DrainActor(coordinators, drainTime));

    private void OnDrained()
    {
        _busy.Remove(Sender);
        if (_busy.Count == 0)
        {
            _asker.Tell(Drained.Instance);
            Context.Stop(Self);
        }
    }

    private void TellBusy(object message)
    {
        foreach (IActorRef coordinator in _busy)
        {
            coordinator.Tell(message);
        }
    }

    private sealed class TimeIsUp : IInternalMessage
    {
        public static readonly TimeIsUp Instance = new();
    }
}
