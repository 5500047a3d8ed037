using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// Stands between the embedding actor and the worker, who hears nothing during a run: ends a run that takes too long, restarts the
/// worker when a run fails, and says when there is no going on. As long as it lives there may be sessions.
/// </summary>
internal sealed class EmbeddingSession : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _runLimit;
    private readonly IActorRef _worker;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, IEmbedder> _opened = [];
    private bool _running;
    private bool _terminated;

    public EmbeddingSession(ModelInForce models, TimeSpan runLimit)
    {
        _runLimit = runLimit;
        _worker = Context.Watch(Context.ActorOf(EmbeddingWorker.CreateProps(models)));
        Receive<Run>(OnRun);
        Receive<RunCompleted>(completed => EndRun(completed));
        Receive<RunFailed>(failed => EndRun(_terminated ? failed with { Reason = $"it took longer than {runLimit}" } : failed));
        Receive<WorkerOpened>(opened =>
        {
            _opened[opened.ModelId] = opened.Session;
            StartLimit();
        });
        Receive<ModelRefused>(refused => EndRun(refused));
        Receive<Release>(_worker.Tell);
        Receive<WorkerReady>(OnReady);
        Receive<WorkerBroken>(broken => Context.Parent.Tell(broken));
        Receive<Overdue>(_ => OnOverdue());
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(ModelInForce models, TimeSpan runLimit) => Props.Create(() => new EmbeddingSession(models, runLimit));

    /// <summary>What the worker throws when it starts arrives as one of these, at the first start and at a restart alike.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(failure => failure is ActorInitializationException ? Directive.Stop : Directive.Restart);

    private void OnRun(Run run)
    {
        _running = true;
        StartLimit();
        _worker.Tell(run);
    }

    private void EndRun(object outcome)
    {
        _running = false;
        Timers.Cancel(nameof(Overdue));
        Context.Parent.Tell(outcome);
    }

    /// <summary>A worker may also be made anew between two runs; the next one waits in its mailbox then, and goes on.</summary>
    private void OnReady(WorkerReady ready)
    {
        if (!_running)
        {
            Timers.Cancel(nameof(Overdue));
            Context.Parent.Tell(ready);
        }
    }

    private void StartLimit()
    {
        _terminated = false;
        Timers.StartSingleTimer(nameof(Overdue), new Overdue(), _runLimit);
    }

    private void OnOverdue()
    {
        if (_terminated)
        {
            Context.Parent.Tell(new WorkerStuck());
            return;
        }

        _log.Warning("The model has worked on one run for {0}; the run is terminated", _runLimit);
        StartLimit();
        _terminated = true;
        foreach (IEmbedder session in _opened.Values)
        {
            session.Terminate(); // does nothing to those that do not run
        }
    }

    private sealed record Overdue : IInternalMessage;
}
