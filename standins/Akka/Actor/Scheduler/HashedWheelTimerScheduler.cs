using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The default scheduler. Named as in Akka.NET, but with a heap and one thread that sleeps until the next thing is due,
/// rounded up to <c>akka.scheduler.tick-duration</c>: with nothing scheduled it never wakes.
/// </summary>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<Entry, (long DueTicks, long Order)> _heap = new();
    private readonly long _tickTicks;
    private Thread _thread;
    private long _order;
    private int _compactAt = 1024;
    private bool _disposed;

    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log) =>
        _tickTicks = Math.Max(
            TimeSpan.TicksPerMillisecond, scheduler.GetTimeSpan("akka.scheduler.tick-duration", TimeSpan.FromMilliseconds(10)).Ticks);

    public override TimeSpan MonotonicClock => Util.MonotonicClock.Elapsed;

    public override TimeSpan HighResMonotonicClock => Util.MonotonicClock.ElapsedHighRes;

    protected override DateTimeOffset TimeNow => DateTimeOffset.Now;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, new ScheduledTell(receiver, message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) =>
        Add(initialDelay, interval, new ScheduledTell(receiver, message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, new ActionRunnable(action), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, new ActionRunnable(action), cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    private void Add(TimeSpan delay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(delay, new Entry(action, interval, cancelable), throwIfDisposed: true);

    private void Add(TimeSpan delay, Entry entry, bool throwIfDisposed)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                if (throwIfDisposed)
                    throw new SchedulerException("cannot enqueue after timer shutdown");
                return;
            }

            var dueTicks = MonotonicClock.Ticks + delay.Ticks;
            dueTicks = (dueTicks + _tickTicks - 1) / _tickTicks * _tickTicks;
            _heap.Enqueue(entry, (dueTicks, _order++));
            if (_heap.Count >= _compactAt)
                Compact();
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "akka-scheduler" };
                _thread.Start();
            }
            else if (ReferenceEquals(_heap.Peek(), entry))
                Monitor.Pulse(_gate);
        }
    }

    /// <summary>Drops what was cancelled but is not due for long, so that receive timeouts do not pile up.</summary>
    private void Compact()
    {
        var live = _heap.UnorderedItems.Where(item => !item.Element.IsCancelled).ToList();
        _heap.Clear();
        _heap.EnqueueRange(live);
        _compactAt = Math.Max(1024, 2 * live.Count);
    }

    private void Work()
    {
        while (NextDue() is { } entry)
        {
            if (entry.IsCancelled)
                continue;
            try
            {
                entry.Action.Run();
            }
            catch (Exception e)
            {
                Log.Error(e, "Error while executing scheduled task {0}", entry.Action);
                continue;
            }

            if (entry.Interval > TimeSpan.Zero && !entry.IsCancelled)
                Add(entry.Interval, entry, throwIfDisposed: false);
        }
    }

    private Entry NextDue()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (!_heap.TryPeek(out _, out var due))
                    Monitor.Wait(_gate);
                else if (due.DueTicks - MonotonicClock.Ticks is > 0 and var waitTicks)
                    Monitor.Wait(_gate, (int)Math.Min(int.MaxValue, waitTicks / TimeSpan.TicksPerMillisecond + 1));
                else
                    return _heap.Dequeue();
            }

            return null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _heap.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Entry(IRunnable action, TimeSpan interval, ICancelable cancelable)
    {
        public IRunnable Action { get; } = action;

        public TimeSpan Interval { get; } = interval;

        public bool IsCancelled => cancelable?.IsCancellationRequested == true;
    }

    private sealed class ScheduledTell(ICanTell receiver, object message, IActorRef sender) : IRunnable
    {
        public void Run()
        {
            if (receiver is LocalActorRef local)
                local.Cell.SendUnverified(sender, message);
            else
                receiver.Tell(message, sender);
        }

        public override string ToString() => $"[{receiver}.Tell({message}, {sender})]";
    }
}
