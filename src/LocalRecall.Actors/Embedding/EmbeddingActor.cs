using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// The single way to the model. Loads it when there is work, gives it one run at a time, unloads it when idle, has it loaded anew when
/// the process has grown too large, and says so when it can't be used. Requests are the desk's, runs the session's business. Another model
/// than the one in force has its runs between those of that one; when it can't be used, only who wants it is told.
/// </summary>
public sealed class EmbeddingActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan MemoryCheck = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReloadPause = TimeSpan.FromMinutes(5);

    private readonly ModelInForce _models;
    private readonly EmbeddingSettings _settings;
    private readonly EmbeddingMetrics _metrics;
    private readonly Func<long> _residentBytes;
    private readonly EmbeddingDesk _desk;
    private readonly MemoryCeiling _ceiling;
    private readonly RestartWindow _restarts = new(allowed: 3, span: TimeSpan.FromMinutes(1));
    private readonly DoublingDelay _retry;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _session = ActorRefs.Nobody;
    private ModelState _state;
    private string? _problem;
    private EmbeddingRun? _running;
    private bool _reload;

    public EmbeddingActor(ModelInForce models, EmbeddingSettings settings, EmbeddingMetrics metrics, Func<long> residentBytes)
    {
        _models = models;
        _settings = settings;
        _metrics = metrics;
        _residentBytes = residentBytes;
        _desk = new EmbeddingDesk(settings, metrics, Context);
        _ceiling = new MemoryCeiling(settings.MemoryCeilingBytes, ReloadPause);
        _retry = new DoublingDelay(settings.RetryDegraded);
        Unloaded();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="residentBytes">The memory that the process takes.</param>
    public static Props CreateProps(ModelInForce models, EmbeddingSettings settings, EmbeddingMetrics metrics, Func<long> residentBytes) =>
        Props.Create(() => new EmbeddingActor(models, settings, metrics, residentBytes));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void Unloaded()
    {
        Receive<ExpectWork>(_ => Load());
        Phase(ModelState.Unloaded, onEmbed: LoadIfNeeded);
    }

    private void Loading()
    {
        Receive<WorkerReady>(_ =>
        {
            _problem = null;
            _reload = false;
            if (_ceiling.Exists)
            {
                Timers.StartPeriodicTimer(nameof(CheckMemory), new CheckMemory(), MemoryCheck);
            }

            Context.System.EventStream.Publish(new ModelReady());
            Become(Ready);
            RunNext();
        });
        ReceiveSessionEnd();
        Phase(ModelState.Loading);
    }

    private void Ready()
    {
        Receive<RunCompleted>(OnRunCompleted);
        Receive<RunFailed>(OnRunFailed);
        Receive<ModelRefused>(OnModelRefused);
        Receive<Release>(release => _session.Tell(release));
        Receive<CheckMemory>(_ => OnCheckMemory());
        Receive<IdleEnded>(_ => Unload());
        ReceiveSessionEnd();
        Phase(ModelState.Ready, onEmbed: RunNext);
    }

    /// <summary>Waits until the old session is gone, so that there are never two.</summary>
    private void Unloading()
    {
        Receive<Terminated>(
            _ =>
            {
                Become(Unloaded);
                LoadIfNeeded();
            },
            IsSession);
        Phase(_state);
    }

    private void Degraded()
    {
        Receive<Embed>(request =>
        {
            if (!_desk.TryAnswer(request, Sender))
            {
                _metrics.Finished(request.Lane, EmbeddingOutcome.Unavailable, null, Context.System.Scheduler.Now);
                Sender.Tell(Unavailable(request.RequestId));
            }
        });
        Receive<Terminated>(_ => _session = ActorRefs.Nobody, IsSession);
        Receive<Retry>(_ => OnRetry());
        Phase(ModelState.Degraded);
    }

    private void ReceiveSessionEnd()
    {
        Receive<WorkerBroken>(broken => Degrade(broken.Reason));
        Receive<Terminated>(
            _ =>
            {
                Degrade("its worker stopped");
                _session = ActorRefs.Nobody;
            },
            IsSession);
    }

    /// <summary>What is the same in all phases. First come a phase's own handlers.</summary>
    private void Phase(ModelState state, Action? onEmbed = null)
    {
        _state = state;
        _metrics.Entered(state);
        Receive<Embed>(request =>
        {
            _desk.Admit(request, Sender);
            onEmbed?.Invoke();
        });
        Receive<ExpectWork>(_ => { });
        Receive<Release>(_ => { });
        Receive<WorkerStuck>(_ => OnStuck());
        Receive<Terminated>(asker => _desk.Withdraw(asker.ActorRef));
        Receive<GetState>(request => Sender.Tell(new State(
            request.RequestId, _state, _problem, _desk.Level(EmbeddingLane.Query), _desk.Level(EmbeddingLane.Ingest), _desk.MaxRunTokens,
            _metrics.Report(Context.System.Scheduler.Now))));
    }

    private bool IsSession(Terminated terminated) => terminated.ActorRef.Equals(_session);

    private void LoadIfNeeded()
    {
        if (_reload || !_desk.IsEmpty)
        {
            Load();
        }
    }

    private void Load()
    {
        _session = Context.Watch(Context.ActorOf(EmbeddingSession.CreateProps(_models, _settings.RunLimit)));
        Become(Loading);
    }

    private void Unload()
    {
        Timers.CancelAll();
        Context.Stop(_session);
        Become(Unloading);
    }

    private void RunNext()
    {
        if (_running is not null)
        {
            return;
        }

        if (_reload)
        {
            Unload();
        }
        else if (_desk.NextRun() is { } run)
        {
            _running = run;
            Timers.Cancel(nameof(IdleEnded));
            _session.Tell(new Run(run));
        }
        else if (!Timers.IsTimerActive(nameof(IdleEnded)))
        {
            Timers.StartSingleTimer(nameof(IdleEnded), new IdleEnded(), _settings.IdleUnload);
        }
    }

    private void OnRunCompleted(RunCompleted completed)
    {
        _running = null;
        _retry.Reset();
        _desk.Complete(completed);
        RunNext();
    }

    private void OnRunFailed(RunFailed failed)
    {
        _log.Error("Embedding run {0} failed, the worker restarts: {1}", failed.RunId, failed.Reason);
        string model = _running!.ModelId;
        _running = null;
        if (_restarts.TryAdd(_desk.Fail(failed.Reason), Context.System.Scheduler.Now))
        {
            _metrics.Restarted();
            Become(Loading);
        }
        else if (model != _models.Model.Id)
        {
            _metrics.Restarted();
            Become(Loading);
            RefuseModel(model, $"runs keep failing: {failed.Reason}");
        }
        else
        {
            Degrade($"runs keep failing: {failed.Reason}");
        }
    }

    private void OnModelRefused(ModelRefused refused)
    {
        if (refused.ModelId == _models.Model.Id)
        {
            Degrade(refused.Reason);
            return;
        }

        RefuseModel(refused.ModelId, refused.Reason);
        _desk.Fail(refused.Reason); // nobody wants these texts any more
        _running = null;
        RunNext();
    }

    private void RefuseModel(string modelId, string reason) => _desk.RefuseModel(
        modelId, id => new RequestFailed(id, FailureCode.ModelUnavailable, $"The model {modelId} can't be used: {reason}"));

    private void OnCheckMemory()
    {
        long resident = _residentBytes();
        if (_ceiling.IsExceeded(resident, Context.System.Scheduler.Now))
        {
            _log.Warning("The host takes {0} MB, the ceiling is {1} MB: the model is loaded anew", resident >> 20, _settings.MemoryCeilingBytes >> 20);
            _metrics.SessionRecreated();
            _reload = true;
            RunNext();
        }
    }

    private void OnStuck()
    {
        Refuse($"a run took longer than {_settings.RunLimit} and could not be ended; the host stops, the next client starts another");
        Become(Degraded); // not to be tried again: a second session beside this one must never be
        Context.System.EventStream.Publish(new SessionStuck());
    }

    private void Degrade(string problem)
    {
        Refuse(problem);
        Context.Stop(_session);
        Timers.StartSingleTimer(nameof(Retry), new Retry(), _retry.Current);
        Become(Degraded);
    }

    private void OnRetry()
    {
        _retry.Double();
        _reload = true;
        if (_session.IsNobody())
        {
            Load();
        }
        else
        {
            Become(Unloading);
        }
    }

    private void Refuse(string problem)
    {
        _log.Error("The model can't be used: {0}", problem);
        _metrics.Failed(problem, Context.System.Scheduler.Now);
        _problem = problem;
        _running = null;
        Timers.CancelAll();
        _desk.RefuseAll(Unavailable);
    }

    private RequestFailed Unavailable(Guid requestId) =>
        new(requestId, FailureCode.ModelUnavailable, $"The embedding model can't be used: {_problem}", _retry.Current);

    private sealed record IdleEnded : IInternalMessage;

    private sealed record CheckMemory : IInternalMessage;

    private sealed record Retry : IInternalMessage;
}
