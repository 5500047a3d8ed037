using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Models.ModelsProtocol;

namespace LocalRecall.Actors.Models;

/// <summary>
/// Has a model and the form of it that can be made here embed the same texts, by turns and behind what others want, and records which is
/// faster and whether they agree. Each text is measured with a mark of its own: nothing is known already.
/// </summary>
internal sealed class CheckModelsActor : RequestActor<CheckModels>
{
    private const int Rounds = 3;
    private static readonly TimeSpan RunTime = TimeSpan.FromMinutes(1);

    private readonly ModelPorts _ports;
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<float[]>[] _vectors = [[], []];
    private readonly List<double>[] _times = [[], []];
    private readonly Queue<(int Model, string Text, bool IsMeasured)> _runs = [];
    private CatalogModel? _form;
    private IEmbedderFactory[] _models = [];
    private (int Model, string Text, bool IsMeasured) _run;
    private TimeSpan _runBegan;

    public CheckModelsActor(Authorized<CheckModels> request, ModelPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<TurnCame>(_ => Begin());
        Receive<Provisioned>(_ => RunNext());
        Receive<EmbeddingProtocol.Embedded>(OnEmbedded);
        Receive<Recorded>(recorded => Answer(recorded.Check));
        Receive<Status.Failure>(failure => Finish(new Failure(
            RequestId, failure.Cause is EmbeddingException ? FailureCode.ModelUnavailable : FailureCode.Internal, failure.Cause.Message)));
    }

    public static Props CreateProps(Authorized<CheckModels> request, ModelPorts ports) => Props.Create(() => new CheckModelsActor(request, ports));

    private TimeSpan Now => Context.System.Scheduler.HighResMonotonicClock;

    protected override void Start() => Context.Parent.Tell(AwaitTurn.Instance);

    protected override void OnDrain() => GiveBack();

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        foreach (IEmbedderFactory model in _models.Where(model => model != _ports.Models.Embedder))
        {
            _ports.Embedding.Tell(new EmbeddingProtocol.Release(model.Model.Id));
        }
    }

    private void Begin()
    {
        IModelCatalog catalog = _ports.Models.Catalog;
        _form = catalog.List().FirstOrDefault(model => model.FormOf is not null);
        if (_form is null)
        {
            Finish(new Failure(RequestId, FailureCode.NotFound, "There is no model of which another form can be made here."));
            return;
        }

        _models = [catalog.Find(_form.FormOf!)!, catalog.Find(_form.Info.Id)!];
        foreach (string text in FormCheck.Texts)
        {
            _runs.Enqueue((0, text, false));
            _runs.Enqueue((1, text, false));
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach (string text in FormCheck.Texts)
            {
                string marked = $"{text} {RequestId.ToString()[..8]} {round}";
                _runs.Enqueue((round % 2, marked, true));
                _runs.Enqueue((1 - (round % 2), marked, true));
            }
        }

        (string[] ids, CancellationToken stopped) = ([.. _models.Select(model => model.Model.Id)], _stopped.Token);
        Task.Run(
            async () =>
            {
                foreach (string id in ids)
                {
                    await catalog.ProvisionAsync(id, null, stopped).ConfigureAwait(false);
                }

                return new Provisioned();
            },
            stopped).PipeTo(Self);
    }

    private void RunNext()
    {
        if (!_runs.TryDequeue(out _run))
        {
            FormCheck check = FormCheck.Of(_models[0].Model.Id, _models[1].Model.Id, _times[0], _times[1], _vectors[0], _vectors[1]);
            IModelCatalog catalog = _ports.Models.Catalog;
            Task.Run(() =>
            {
                catalog.Record(check);
                return new Recorded(check);
            }).PipeTo(Self);
            return;
        }

        try
        {
            TokenizedText text = TokenizedText.Of(_run.Text, EmbeddingPurpose.Document, _models[_run.Model]);
            _runBegan = Now;
            _ports.Embedding.Tell(new EmbeddingProtocol.Embed(
                Guid.NewGuid(), Client, EmbeddingLane.Ingest, [text], Context.System.Scheduler.Now + RunTime));
        }
        catch (EmbeddingException e)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, e.Message));
        }
    }

    private void OnEmbedded(EmbeddingProtocol.Embedded embedded)
    {
        if (_run.IsMeasured)
        {
            _times[_run.Model].Add((Now - _runBegan).TotalMilliseconds);
        }
        else
        {
            _vectors[_run.Model].Add(embedded.Vectors[0]);
        }

        RunNext();
    }

    private void Answer(FormCheck check) => Finish(new ModelsChecked(
        RequestId, check.SourceId, check.FormId, _form!.Name, _times[0].Count, check.SourceMs, check.FormMs, check.Speedup, check.Pairs,
        check.Agreement, _form.Approved, _form.IsBetterBy(check)));

    private sealed record Provisioned : IInternalMessage;

    private sealed record Recorded(FormCheck Check) : IInternalMessage;
}
