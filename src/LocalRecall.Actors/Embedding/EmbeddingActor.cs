using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// The single way to the model. Admits requests, forms runs from what is queued when the worker is free, and gives the worker
/// one run at a time. Loads the model on the first request, unloads it when idle, and says so when it can't be used.
/// </summary>
public sealed class EmbeddingActor : ReceiveActor, IWithTimers
{
    private readonly IEmbedderFactory _model;
    private readonly EmbeddingSettings _settings;
    private readonly EmbeddingMetrics _metrics;
    private readonly EmbeddingQueue _queue;
    private readonly Dictionary<Guid, IActorRef> _askers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _worker = ActorRefs.Nobody;
    private EmbeddingRun? _running;
    private DateTimeOffset _runBegan;
    private ModelState _state = ModelState.Unloaded;
    private string? _problem;
    private long _runs;
    private long _texts;
    private long _tokens;

    public EmbeddingActor(IEmbedderFactory model, EmbeddingSettings settings, EmbeddingMetrics metrics)
    {
        _model = model;
        _metrics = metrics;
        _settings = settings;
        _queue = new EmbeddingQueue(settings.Limits);
        Unloaded();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => Context.System.Scheduler.Now;

    public static Props CreateProps(IEmbedderFactory model, EmbeddingSettings settings, EmbeddingMetrics metrics) =>
        Props.Create(() => new EmbeddingActor(model, settings, metrics));

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 3, withinTimeRange: TimeSpan.FromMinutes(1), localOnlyDecider: _ => Directive.Restart);

    private void Unloaded()
    {
        Enter(ModelState.Unloaded);
        Receive<Embed>(request =>
        {
            Admit(request);
            Load();
        });
        ReceiveCommon();
    }

    private void Loading()
    {
        Enter(ModelState.Loading);
        Receive<Embed>(Admit);
        Receive<WorkerReady>(_ =>
        {
            _problem = null;
            Context.System.EventStream.Publish(new ModelReady());
            Become(Ready);
            RunNext();
        });
        Receive<RunFailed>(OnRunFailed);
        ReceiveCommon();
    }

    private void Ready()
    {
        Enter(ModelState.Ready);
        Receive<Embed>(request =>
        {
            Admit(request);
            RunNext();
        });
        Receive<RunCompleted>(completed =>
        {
            _running = null;
            _runs++;
            Answer(_queue.Complete(completed.Vectors, Now - _runBegan, Now));
            RunNext();
        });
        Receive<RunFailed>(failed =>
        {
            OnRunFailed(failed);
            Become(Loading);
        });
        Receive<Unload>(_ =>
        {
            if (_running is null)
            {
                Context.Stop(_worker);
                Become(Unloading);
            }
        });
        ReceiveCommon();
    }

    /// <summary>Waits until the old session is gone, so that there are never two.</summary>
    private void Unloading()
    {
        Enter(ModelState.Unloaded);
        Receive<Embed>(Admit);
        Receive<Terminated>(_ =>
        {
            Become(Unloaded);
            if (!_queue.IsEmpty)
            {
                Load();
            }
        });
        ReceiveCommon();
    }

    private void Degraded()
    {
        Enter(ModelState.Degraded);
        Receive<Embed>(request => Sender.Tell(Unavailable(request.RequestId)));
        Receive<Retry>(_ => Load());
        ReceiveCommon();
    }

    private void ReceiveCommon()
    {
        Receive<GetState>(request => Sender.Tell(new State(
            request.RequestId, _state, _problem, _queue.Count(EmbeddingLane.Query), _queue.Count(EmbeddingLane.Ingest), _runs, _texts, _tokens)));
        Receive<WorkerBroken>(broken => _problem = broken.Reason);
        Receive<Terminated>(_ => Degrade());
        Receive<Unload>(_ => { });
    }

    private void Enter(ModelState state) => _state = state;

    private void Load()
    {
        _worker = Context.Watch(Context.ActorOf(EmbeddingWorker.CreateProps(_model)));
        Become(Loading);
    }

    private void Admit(Embed request)
    {
        if (request.Texts.Count == 0)
        {
            Sender.Tell(new Embedded(request.RequestId, []));
        }
        else if (request.Deadline <= Now)
        {
            Sender.Tell(Expired(request.RequestId));
        }
        else if (_queue.Contains(request.RequestId))
        {
            Sender.Tell(new RequestFailed(
                request.RequestId, FailureCode.Busy, "This request waits for the model already; try again.", TimeSpan.FromMilliseconds(250)));
        }
        else if (_queue.TryAdd(
            new EmbeddingRequest(request.RequestId, request.Client, request.Lane, request.Texts, request.Deadline), Now, out TimeSpan retryAfter))
        {
            _askers.Add(request.RequestId, Sender);
        }
        else
        {
            Sender.Tell(new RequestFailed(request.RequestId, FailureCode.Busy, "Too much waits for the model already; try again.", retryAfter));
        }
    }

    private void RunNext()
    {
        if (_running is not null)
        {
            return;
        }

        foreach (Guid id in _queue.DropExpired(Now))
        {
            Answer(id, Expired(id));
        }

        _running = _queue.NextRun(Now);
        if (_running is null)
        {
            Timers.StartSingleTimer(nameof(Unload), Unload.Instance, _settings.IdleUnload);
            return;
        }

        Timers.Cancel(nameof(Unload));
        _texts += _running.Texts.Count;
        _tokens += _running.Tokens;
        _runBegan = Now;
        _worker.Tell(new Run(_running));
    }

    private void OnRunFailed(RunFailed failed)
    {
        _log.Error("Embedding run {0} failed, the worker restarts: {1}", failed.RunId, failed.Reason);
        _running = null;
        Answer(_queue.Fail(failed.Reason, Now).Finished);
    }

    /// <summary>The worker could not be kept alive.</summary>
    private void Degrade()
    {
        _running = null;
        _problem ??= "the embedding run kept failing";
        _log.Error("The model can't be used: {0} Trying again in {1}.", _problem, _settings.RetryDegraded);
        foreach (Guid id in _queue.DropAll())
        {
            Answer(id, Unavailable(id));
        }

        Timers.StartSingleTimer(nameof(Retry), Retry.Instance, _settings.RetryDegraded);
        Become(Degraded);
    }

    private void Answer(IReadOnlyList<FinishedRequest> finished)
    {
        foreach (FinishedRequest request in finished)
        {
            Answer(request.RequestId, request.Vectors is { } vectors
                ? new Embedded(request.RequestId, vectors)
                : new RequestFailed(request.RequestId, FailureCode.BadRequest, $"A text could not be embedded: {request.Failure}"));
        }
    }

    private void Answer(Guid requestId, object reply)
    {
        if (_askers.Remove(requestId, out IActorRef? asker))
        {
            asker.Tell(reply);
        }
    }

    private static RequestFailed Expired(Guid requestId) => new(requestId, FailureCode.Expired, "The deadline passed while the text waited for the model.");

    private RequestFailed Unavailable(Guid requestId) =>
        new(requestId, FailureCode.ModelUnavailable, $"The embedding model can't be used: {_problem}", _settings.RetryDegraded);

    private sealed class Unload : IInternalMessage
    {
        public static readonly Unload Instance = new();
    }

    private sealed class Retry : IInternalMessage
    {
        public static readonly Retry Instance = new();
    }
}
