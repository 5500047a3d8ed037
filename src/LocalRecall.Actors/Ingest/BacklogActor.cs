using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>Embeds the chunks that have no vector yet, some at a time, until none is left or the model can't be used.</summary>
internal sealed class BacklogActor : ReceiveActor
{
    private const int ChunksAtOnce = 32;
    private static readonly TimeSpan EmbedTime = TimeSpan.FromMinutes(5);

    private readonly IngestPorts _ports;
    private IReadOnlyList<TokenizedText> _texts = [];

    public BacklogActor(IngestPorts ports)
    {
        _ports = ports;
        Receive<PendingFound>(OnPending);
        Receive<EmbeddingProtocol.Embedded>(embedded => _ports.Index.Tell(
            new PutVectors(Guid.NewGuid(), _texts.Zip(embedded.Vectors).ToDictionary(pair => pair.First.Hash, pair => pair.Second))));
        Receive<VectorsPut>(_ => AskForMore());
        Receive<RequestFailed>(_ => Context.Stop(Self)); // what failed is looked at again when the model is next loaded
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
    }

    public static Props CreateProps(IngestPorts ports) => Props.Create(() => new BacklogActor(ports));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(EmbedTime + EmbedTime);
        AskForMore();
    }

    private void AskForMore() => _ports.Index.Tell(new GetPending(Guid.NewGuid(), ChunksAtOnce));

    private void OnPending(PendingFound pending)
    {
        TokenizedText[] texts = [.. pending.Chunks
            .DistinctBy(c => c.EmbeddingTextHash)
            .Select(c => TokenizedText.Of(c.EmbeddingText, EmbeddingPurpose.Document, _ports.Embedder))];
        if (texts.Length == 0)
        {
            Context.Stop(Self);
            return;
        }

        _texts = texts;
        _ports.Embedding.Tell(new EmbeddingProtocol.Embed(Guid.NewGuid(), ClientId.Host, EmbeddingLane.Ingest, texts, Context.System.Scheduler.Now + EmbedTime));
    }
}
