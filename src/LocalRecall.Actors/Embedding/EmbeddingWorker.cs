using Akka.Actor;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// Owns the one session, on a thread of its own. Opened when it starts, disposed when it stops or restarts; a run that throws
/// restarts it.
/// </summary>
internal sealed class EmbeddingWorker : ReceiveActor
{
    public const string Dispatcher = "localrecall.embedding.dispatcher";

    private readonly IEmbedderFactory _model;
    private IEmbedder? _embedder;

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
            _embedder = _model.Open();
        }
        catch (Exception e)
        {
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

    protected override void PostStop() => _embedder?.Dispose();

    private void OnRun(Run run)
    {
        int dimensions = _model.Model.Dimensions;
        var flat = new float[run.Texts.Texts.Count * dimensions];
        _embedder!.Embed([.. run.Texts.Texts.Select(t => t.TokenIds)], flat);
        Context.Parent.Tell(new RunCompleted(run.Texts.Id, [.. flat.Chunk(dimensions)]));
    }
}
