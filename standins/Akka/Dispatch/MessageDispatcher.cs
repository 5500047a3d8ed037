using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>Lends threads to mailboxes.</summary>
public abstract class MessageDispatcher(MessageDispatcherConfigurator configurator)
{
    public const int DefaultThroughput = 100;

    private long _inhabitants;

    public MessageDispatcherConfigurator Configurator { get; } = configurator;

    public EventStream EventStream { get; } = configurator.Prerequisites.EventStream;

    public Mailboxes Mailboxes { get; } = configurator.Prerequisites.Mailboxes;

    public string Id { get; set; }

    /// <summary>Messages one actor may handle before another gets the thread.</summary>
    public int Throughput { get; set; } = DefaultThroughput;

    /// <summary>Ticks one actor may keep the thread; null or 0 for no limit.</summary>
    public long? ThroughputDeadlineTime { get; set; }

    public TimeSpan ShutdownTimeout { get; set; }

    protected long Inhabitants => Volatile.Read(ref _inhabitants);

    protected abstract void ExecuteTask(IRunnable run);

    protected abstract void Shutdown();

    public void Schedule(Action run) => Schedule(new ActionRunnable(run));

    public void Schedule(IRunnable run) => ExecuteTask(run);

    public virtual void Dispatch(ActorCell cell, Envelope envelope)
    {
        var mailbox = cell.Mailbox;
        mailbox.Enqueue(cell.Self, envelope);
        if (mailbox.IsClosed())
            mailbox.CleanUp(); // lost the race against the actor's end
        else
            RegisterForExecution(mailbox, true, false);
    }

    public virtual void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        var mailbox = cell.Mailbox;
        mailbox.SystemEnqueue(cell.Self, message);
        RegisterForExecution(mailbox, false, true);
    }

    internal bool RegisterForExecution(Mailbox mailbox, bool hasMessageHint, bool hasSystemMessageHint)
    {
        if (!mailbox.CanBeScheduledForExecution(hasMessageHint, hasSystemMessageHint) || !mailbox.SetAsScheduled())
            return false;
        ExecuteTask(mailbox);
        return true;
    }

    public virtual void Attach(ActorCell cell)
    {
        Interlocked.Increment(ref _inhabitants);
        RegisterForExecution(cell.Mailbox, false, true);
    }

    public virtual void Detach(ActorCell cell)
    {
        var mailbox = cell.SwapMailbox(Mailboxes.DeadLetterMailbox);
        mailbox.BecomeClosed();
        mailbox.CleanUp();
        if (Interlocked.Decrement(ref _inhabitants) == 0)
            Shutdown();
    }

    internal void Suspend(ActorCell cell) => cell.Mailbox.Suspend();

    internal void Resume(ActorCell cell)
    {
        var mailbox = cell.Mailbox;
        if (mailbox.Resume())
            RegisterForExecution(mailbox, false, false);
    }

    protected void ReportFailure(Exception ex) =>
        EventStream.Publish(new Error(ex, GetType().FullName, GetType(), ex.Message));
}

/// <summary>Runs mailboxes on the .NET thread pool.</summary>
public class Dispatcher : MessageDispatcher
{
    internal Dispatcher(
        MessageDispatcherConfigurator configurator, string id, int throughput, long? throughputDeadlineTime,
        TimeSpan shutdownTimeout)
        : base(configurator)
    {
        Id = id;
        Throughput = throughput;
        ThroughputDeadlineTime = throughputDeadlineTime;
        ShutdownTimeout = shutdownTimeout;
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (run is IThreadPoolWorkItem item)
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static r => r.Run(), run, preferLocal: false);
    }

    /// <summary>The pool's threads are not ours to stop.</summary>
    protected override void Shutdown() { }
}

/// <summary>One thread of its own for one actor; it ends with the actor.</summary>
public sealed class PinnedDispatcher : Dispatcher
{
    private readonly object _gate = new();
    private readonly Queue<IRunnable> _work = new();
    private ActorCell _owner;
    private Thread _thread;

    internal PinnedDispatcher(
        MessageDispatcherConfigurator configurator, string id, int throughput, long? throughputDeadlineTime,
        TimeSpan shutdownTimeout)
        : base(configurator, id, throughput, throughputDeadlineTime, shutdownTimeout) { }

    public override void Attach(ActorCell cell)
    {
        if (Interlocked.CompareExchange(ref _owner, cell, null) is { } other && other != cell)
            throw new InvalidOperationException($"Cannot register to anyone but {other}");
        base.Attach(cell);
    }

    protected override void ExecuteTask(IRunnable run)
    {
        lock (_gate)
        {
            _work.Enqueue(run);
            if (_thread is not null)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _thread = new Thread(Work) { IsBackground = true, Name = $"{Id}-pinned" };
            _thread.Start();
        }
    }

    protected override void Shutdown()
    {
        lock (_gate)
            Monitor.Pulse(_gate);
    }

    private void Work()
    {
        while (Next() is { } run)
        {
            try
            {
                run.Run();
            }
            catch (Exception e)
            {
                ReportFailure(e);
            }
        }
    }

    private IRunnable Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                if (Inhabitants == 0)
                {
                    _thread = null;
                    return null;
                }

                Monitor.Wait(_gate);
            }

            return _work.Dequeue();
        }
    }
}

public interface IDispatcherPrerequisites
{
    EventStream EventStream { get; }

    IScheduler Scheduler { get; }

    Settings Settings { get; }

    Mailboxes Mailboxes { get; }
}

public sealed class DefaultDispatcherPrerequisites(
    EventStream eventStream, IScheduler scheduler, Settings settings, Mailboxes mailboxes) : IDispatcherPrerequisites
{
    public EventStream EventStream { get; } = eventStream;

    public IScheduler Scheduler { get; } = scheduler;

    public Settings Settings { get; } = settings;

    public Mailboxes Mailboxes { get; } = mailboxes;
}

/// <summary>Makes the dispatcher of a configuration id; its type may stand in configuration as <c>type</c>.</summary>
public abstract class MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
{
    public Config Config { get; } = config;

    public IDispatcherPrerequisites Prerequisites { get; } = prerequisites;

    public abstract MessageDispatcher Dispatcher();

    private protected long? DeadlineTicks =>
        Config.GetTimeSpan("throughput-deadline-time").Ticks is > 0 and var ticks ? ticks : null;
}

public sealed class DispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly MessageDispatcher _instance;

    public DispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _instance = new Dispatcher(
            this, config.GetString("id"), config.GetInt("throughput"), DeadlineTicks,
            config.GetTimeSpan("shutdown-timeout"));

    public override MessageDispatcher Dispatcher() => _instance;
}

internal sealed class PinnedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    public override MessageDispatcher Dispatcher() => new PinnedDispatcher(
        this, Config.GetString("id"), Config.GetInt("throughput"), DeadlineTicks, Config.GetTimeSpan("shutdown-timeout"));
}
