using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Models.ModelsProtocol;

namespace LocalRecall.Actors.Models;

/// <summary>
/// Puts another model in force: has its files fetched, tries it out, has every chunk embedded with it beside the one that is in force, and has
/// the index switch. Stopped on the way, it leaves that one in force, and what was embedded on disk.
/// </summary>
internal sealed class UseModelActor : RequestActor<UseModel>
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CheckTime = TimeSpan.FromMinutes(2);

    /// <summary>Who does not answer for so long may have been made anew and is asked again; every step may be repeated.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromMinutes(1);

    private readonly ModelPorts _ports;
    private readonly CancellationTokenSource _stopped = new();
    private readonly TimeSpan _startedAt;
    private IEmbedderFactory _before;
    private IEmbedderFactory _model;
    private ModelProgress _progress;
    private (long Chunks, long Pending)? _atStart;
    private TimeSpan _buildStartedAt;
    private (IActorRef To, object Message)? _step;
    private long _embedded;
    private long _cut;

    public UseModelActor(Authorized<UseModel> request, ModelPorts ports)
        : base(request)
    {
        _ports = ports;
        _startedAt = Now;
        _before = _model = ports.Models.Embedder;
        _progress = new ModelProgress(RequestId, "wait", 0, 0, 0);
        Receive<TurnCame>(_ => Begin());
        Receive<IndexProtocol.StatisticsFound>(found => OnStatistics(found.Statistics), _ => EndStep());
        Receive<Fetching>(fetching => _progress = _progress with { Done = fetching.Progress.DoneBytes, Total = fetching.Progress.TotalBytes });
        Receive<Provisioned>(_ => Check());
        Receive<EmbeddingProtocol.Embedded>(OnChecked, _ => EndStep());
        Receive<Recorded>(_ => LookWhatIsMissing());
        Receive<BacklogProgress>(OnEmbedded);
        Receive<BacklogEnded>(OnBacklogEnded);
        Receive<IndexProtocol.ModelSwitched>(OnSwitched, _ => EndStep());
        Receive<RepeatStep>(_ => SendStep());
        Receive<Status.Failure>(failure => Finish(new Failure(
            RequestId, failure.Cause is EmbeddingException ? FailureCode.ModelUnavailable : FailureCode.Internal, failure.Cause.Message)));
        Receive<ProgressDue>(_ => Progress(_progress));
    }

    public static Props CreateProps(Authorized<UseModel> request, ModelPorts ports) => Props.Create(() => new UseModelActor(request, ports));

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private string ModelId => _model.Model.Id;

    protected override void Start()
    {
        Timers.StartPeriodicTimer(nameof(ProgressDue), ProgressDue.Instance, ProgressEvery);
        Context.Parent.Tell(AwaitTurn.Instance);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        if (_model != _before)
        {
            _ports.Embedding.Tell(new EmbeddingProtocol.Release((_model == _ports.Models.Embedder ? _before : _model).Model.Id));
        }
    }

    protected override void OnDeadline() => Finish(new Failure(RequestId, FailureCode.Expired, $"The deadline passed. {Kept}"));

    /// <summary>It may take hours, and what is done is kept: the next host goes on from there.</summary>
    protected override void OnDrain() => GiveBack();

    private string Kept => $"{_before.Model.Id} stays in force; {_embedded} chunks were embedded with {ModelId} and are kept: use it again to go on from there.";

    private void Begin()
    {
        IModelCatalog catalog = _ports.Models.Catalog;
        _before = _ports.Models.Embedder;
        if (Request.Rollback && catalog.Generations.Previous is null)
        {
            Finish(new Failure(RequestId, FailureCode.NotFound, "There is no previous model to go back to."));
        }
        else if (catalog.Find(Request.Rollback ? catalog.Generations.Previous! : Request.Name) is not { } model)
        {
            string name = Request.Rollback ? catalog.Generations.Previous! : Request.Name;
            string known = string.Join(", ", catalog.List().Select(listed => listed.Name));
            Finish(new Failure(RequestId, FailureCode.NotFound, $"There is no model '{name}'. There are: {known}."));
        }
        else
        {
            _model = model;
            LookWhatIsMissing();
        }
    }

    private void Step(IActorRef to, object message)
    {
        _step = (to, message);
        SendStep();
    }

    private void SendStep()
    {
        _step!.Value.To.Tell(_step.Value.Message);
        Timers.StartSingleTimer(nameof(RepeatStep), new RepeatStep(), StepTime);
    }

    /// <summary>False: it was answered before.</summary>
    private bool EndStep()
    {
        bool open = _step is not null;
        _step = null;
        Timers.Cancel(nameof(RepeatStep));
        return open;
    }

    private void LookWhatIsMissing() => Step(_ports.Index, new IndexProtocol.GetStatistics(RequestId, ModelId));

    private void OnStatistics(StoreStatistics statistics)
    {
        if (_atStart is not null)
        {
            _progress = _progress with { Step = "embed", Done = statistics.Chunks - statistics.PendingChunks, Total = statistics.Chunks };
            Context.ActorOf(BacklogActor.CreateProps(_ports.Index, _ports.Embedding, _model, Self));
            return;
        }

        _atStart = (statistics.Chunks, statistics.PendingChunks);
        if (Request.DryRun || _model == _before)
        {
            Answer(switched: false);
            return;
        }

        _progress = _progress with { Step = "fetch" };
        IActorRef self = Self;
        (string id, CancellationToken stopped, IModelCatalog catalog) = (ModelId, _stopped.Token, _ports.Models.Catalog);
        Task.Run(
            async () =>
            {
                await catalog.ProvisionAsync(id, new ToActor(self), stopped).ConfigureAwait(false);
                return new Provisioned();
            },
            stopped).PipeTo(Self);
    }

    private void Check()
    {
        _progress = _progress with { Step = "check", Done = 0, Total = 0 };
        try
        {
            TokenizedText[] texts = [.. ModelCheck.Texts.Select(text => TokenizedText.Of(text, EmbeddingPurpose.Document, _model))];
            Step(_ports.Embedding, new EmbeddingProtocol.Embed(RequestId, Client, EmbeddingLane.Query, texts, Context.System.Scheduler.Now + CheckTime));
        }
        catch (EmbeddingException e)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, e.Message));
        }
    }

    private void OnChecked(EmbeddingProtocol.Embedded embedded)
    {
        if (ModelCheck.Problem(embedded.Vectors) is { } problem)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, $"The model {ModelId} can't be used: {problem}"));
        }
        else if (Request.Rollback)
        {
            Switch();
        }
        else
        {
            _buildStartedAt = Now;
            (string id, IModelCatalog catalog) = (ModelId, _ports.Models.Catalog);
            Task.Run(() =>
            {
                catalog.Record(generations => generations.Build(id));
                return new Recorded();
            }).PipeTo(Self);
        }
    }

    private void OnEmbedded(BacklogProgress embedded)
    {
        (_embedded, _cut) = (_embedded + embedded.Chunks, _cut + embedded.Cut);
        _progress = _progress with { Done = _progress.Done + embedded.Chunks, PerSecond = _embedded / Math.Max((Now - _buildStartedAt).TotalSeconds, 0.001) };
    }

    private void OnBacklogEnded(BacklogEnded ended)
    {
        if (ended.Problem is { } problem)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, $"{problem} {Kept}"));
        }
        else
        {
            Switch();
        }
    }

    private void Switch()
    {
        _progress = _progress with { Step = "switch" };
        Step(_ports.Index, new IndexProtocol.SwitchModel(RequestId, ModelId, Complete: !Request.Rollback));
    }

    private void OnSwitched(IndexProtocol.ModelSwitched switched)
    {
        if (switched.Switched)
        {
            Answer(switched: true);
        }
        else
        {
            LookWhatIsMissing(); // memories that came meanwhile
        }
    }

    private void Answer(bool switched) => Finish(new ModelUsed(
        RequestId, ModelId, _before.Model.Id, _atStart!.Value.Chunks, _atStart.Value.Pending, _embedded, _cut, switched, (long)(Now - _startedAt).TotalMilliseconds));

    /// <summary>Comes on the task's thread.</summary>
    private sealed class ToActor(IActorRef actor) : IProgress<ProvisionProgress>
    {
        public void Report(ProvisionProgress value) => actor.Tell(new Fetching(value));
    }

    private sealed record Fetching(ProvisionProgress Progress) : IInternalMessage;

    private sealed record Provisioned : IInternalMessage;

    private sealed record Recorded : IInternalMessage;

    private sealed record RepeatStep : IInternalMessage;

    private sealed class ProgressDue : IInternalMessage
    {
        public static readonly ProgressDue Instance = new();
    }
}
