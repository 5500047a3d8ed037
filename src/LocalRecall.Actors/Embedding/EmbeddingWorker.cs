using Akka.Actor;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// Owns the one session, on a thread of its own. Opens it and tries it out when it starts, disposes it when it stops or restarts;
/// a run that throws restarts it, a session that can't be opened or fails its first try stops it.
/// </summary>
internal sealed class EmbeddingWorker : ReceiveActor
{
    public const string Dispatcher = "localrecall.embedding.dispatcher";

    /// <summary>What any working session embeds: with it, a bad text and a broken model are told apart.</summary>
    private const string CheckText = "Is this session in order?";

    private readonly IEmbedderFactory _model;
    private IEmbedder? _session;

    public EmbeddingWorker(IEmbedderFactory model)
    {
        _model = model;
        Receive<Run>(OnRun);
    }

    public static Props CreateProps(IEmbedderFactory model) =>
        Props.Create(() => new EmbeddingWorker(model)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        try
        {
            _session = _model.Open();
            Context.Parent.Tell(new WorkerOpened(_session));
            Embed([TokenizedText.Of(CheckText, EmbeddingPurpose.Document, _model)]);
        }
        catch (Exception e)
        {
            Close(); // after a failed first start there is no PostStop
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

    protected override void PostStop() => Close();

    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }

    private void OnRun(Run run)
    {
        TimeSpan start = Context.System.Scheduler.HighResMonotonicClock;
        float[][] vectors = Embed(run.Texts.Texts);
        Context.Parent.Tell(new RunCompleted(run.Texts.Id, vectors, Context.System.Scheduler.HighResMonotonicClock - start));
    }

    private float[][] Embed(IReadOnlyList<TokenizedText> texts)
    {
        int dimensions = _model.Model.Dimensions;
        var flat = new float[texts.Count * dimensions];
        _session!.Embed([.. texts.Select(t => t.TokenIds)], flat);
        float[][] vectors = [.. flat.Chunk(dimensions)];
        return vectors.All(vector => UnitVectors.IsUnit(vector)) ? vectors : throw new EmbeddingException("The model gave something else than a unit vector.");
    }
}
