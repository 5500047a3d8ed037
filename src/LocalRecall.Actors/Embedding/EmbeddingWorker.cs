using Akka.Actor;
using LocalRecall.Actors.Models;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// Owns the sessions, on a thread of its own, and does one run at a time: the session of the model in force, and one of another model while
/// that is needed. Opens the first and tries it out when it starts, disposes all when it stops or restarts; a run that throws restarts it,
/// a first session that can't be opened or fails its first try stops it.
/// </summary>
internal sealed class EmbeddingWorker : ReceiveActor
{
    public const string Dispatcher = "localrecall.embedding.dispatcher";

    /// <summary>What any working session embeds: with it, a bad text and a broken model are told apart.</summary>
    private const string CheckText = "Is this session in order?";

    private const int MaxSessions = 2;

    private readonly ModelInForce _models;

    /// <summary>The one used last comes last.</summary>
    private readonly List<(IEmbedderFactory Model, IEmbedder Embedder)> _sessions = [];

    public EmbeddingWorker(ModelInForce models)
    {
        _models = models;
        Receive<Run>(OnRun);
        Receive<Release>(release => Close(release.ModelId));
    }

    public static Props CreateProps(ModelInForce models) =>
        Props.Create(() => new EmbeddingWorker(models)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        try
        {
            Open(_models.Embedder);
        }
        catch (Exception e)
        {
            CloseAll(); // after a failed first start there is no PostStop
            Context.Parent.Tell(new WorkerBroken(e.Message));
            throw;
        }

        Context.Parent.Tell(new WorkerReady());
    }

    protected override void PreRestart(Exception reason, object message)
    {
        if (message is Run run)
        {
            Context.Parent.Tell(new RunFailed(run.Texts.Id, reason.Message));
        }

        base.PreRestart(reason, message);
    }

    protected override void PostStop() => CloseAll();

    private void CloseAll()
    {
        foreach ((_, IEmbedder embedder) in _sessions)
        {
            embedder.Dispose();
        }

        _sessions.Clear();
    }

    private void Close(string modelId)
    {
        if (_sessions.FindIndex(session => session.Model.Model.Id == modelId) is >= 0 and var at)
        {
            _sessions[at].Embedder.Dispose();
            _sessions.RemoveAt(at);
        }
    }

    private void OnRun(Run run)
    {
        string modelId = run.Texts.ModelId;
        if (!TryUse(modelId, out string? problem))
        {
            Context.Parent.Tell(new ModelRefused(modelId, problem!));
            return;
        }

        TimeSpan start = Context.System.Scheduler.HighResMonotonicClock;
        float[][] vectors = Embed(run.Texts.Texts);
        Context.Parent.Tell(new RunCompleted(run.Texts.Id, vectors, Context.System.Scheduler.HighResMonotonicClock - start));
    }

    /// <summary>Makes the model's session the last of the list.</summary>
    private bool TryUse(string modelId, out string? problem)
    {
        problem = null;
        if (_sessions.FindIndex(session => session.Model.Model.Id == modelId) is >= 0 and var at)
        {
            (IEmbedderFactory, IEmbedder) session = _sessions[at];
            _sessions.RemoveAt(at);
            _sessions.Add(session);
            return true;
        }

        if (_sessions.Count == MaxSessions)
        {
            Close(_sessions[0].Model.Model.Id);
        }

        try
        {
            Open(_models.Catalog.Find(modelId) ?? throw new EmbeddingException($"There is no model '{modelId}' any more."));
            return true;
        }
        catch (Exception e)
        {
            Close(modelId);
            problem = e.Message;
            return false;
        }
    }

    private void Open(IEmbedderFactory model)
    {
        IEmbedder embedder = model.Open();
        _sessions.Add((model, embedder));
        Context.Parent.Tell(new WorkerOpened(model.Model.Id, embedder));
        Embed([TokenizedText.Of(CheckText, EmbeddingPurpose.Document, model)]);
    }

    /// <summary>With the session used last.</summary>
    private float[][] Embed(IReadOnlyList<TokenizedText> texts)
    {
        (IEmbedderFactory model, IEmbedder embedder) = _sessions[^1];
        int dimensions = model.Model.Dimensions;
        var flat = new float[texts.Count * dimensions];
        embedder.Embed([.. texts.Select(t => t.TokenIds)], flat);
        float[][] vectors = [.. flat.Chunk(dimensions)];
        return vectors.All(vector => UnitVectors.IsUnit(vector)) ? vectors : throw new EmbeddingException("The model gave something else than a unit vector.");
    }
}
