using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// Virtual time: nothing scheduled happens until a test moves the clock with <see cref="Advance"/>.
/// Configure <c>akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"</c>.
/// </summary>
/// <remarks>
/// As in Akka.NET 1.5.31: one Advance delivers each repeated item at most once, however far it goes, and schedules it anew from the time
/// advanced to; an action scheduled once cannot be cancelled.
/// </remarks>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private sealed record Item(DateTimeOffset Due, long Number, TimeSpan? Interval, Action Run, ICancelable Cancelable);

    private readonly Lock _lock = new();
    private readonly List<Item> _items = [];
    private readonly System.Diagnostics.Stopwatch _uptime = System.Diagnostics.Stopwatch.StartNew();
    private DateTimeOffset _now = DateTimeOffset.UtcNow;
    private long _lastNumber;

    /// <summary>The signature by which a system makes its scheduler.</summary>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    public DateTimeOffset Now => TimeNow;
    public TimeSpan MonotonicClock => _uptime.Elapsed;
    public TimeSpan HighResMonotonicClock => _uptime.Elapsed;
    public IAdvancedScheduler Advanced => this;

    protected DateTimeOffset TimeNow
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    /// <summary>Moves the clock and runs, on this thread and in order of time, what is due.</summary>
    public void Advance(TimeSpan offset)
    {
        Item[] due;
        lock (_lock)
        {
            _now += offset;
            due = [.. _items.Where(i => i.Due <= _now).OrderBy(i => i.Due).ThenBy(i => i.Number)];
            _items.RemoveAll(i => i.Due <= _now);
        }
        foreach (var item in due)
        {
            if (item.Cancelable?.IsCancellationRequested == true)
                continue;
            item.Run();
            if (item.Interval is { } interval && item.Cancelable?.IsCancellationRequested != true)
                Add(interval, interval, item.Run, item.Cancelable);
        }
    }

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < Now)
            throw new InvalidOperationException("Time does not run backwards");
        Advance(when - Now);
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => ScheduleOnce(delay, action);

    public void ScheduleOnce(TimeSpan delay, Action action) => Add(delay, null, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    public void ScheduleOnce(TimeSpan delay, IRunnable action) => throw new NotImplementedException();
    public void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => throw new NotImplementedException();
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action) => throw new NotImplementedException();
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) => throw new NotImplementedException();

    private void Add(TimeSpan delay, TimeSpan? interval, Action run, ICancelable cancelable)
    {
        lock (_lock)
            _items.Add(new Item(_now + delay, ++_lastNumber, interval, run, cancelable));
    }
}
