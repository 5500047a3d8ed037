using System.Runtime.InteropServices;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Query;

/// <summary>Embeds texts for a client.</summary>
internal sealed class EmbedActor : RequestActor<EmbedTexts>
{
    private readonly QueryPorts _ports;
    private int _tokens;

    public EmbedActor(Authorized<EmbedTexts> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<EmbeddingProtocol.Embedded>(OnEmbedded);
    }

    public static Props CreateProps(Authorized<EmbedTexts> request, QueryPorts ports) => Props.Create(() => new EmbedActor(request, ports));

    protected override void Start()
    {
        if (Request.Texts.Count > WireLimits.MaxEmbedTexts)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, $"At most {WireLimits.MaxEmbedTexts} texts in one request; these are {Request.Texts.Count}."));
            return;
        }

        EmbeddingPurpose purpose = Request.IsQuery ? EmbeddingPurpose.Query : EmbeddingPurpose.Document;
        try
        {
            TokenizedText[] texts = [.. Request.Texts.Select(text => TokenizedText.Of(text, purpose, _ports.Embedder))];
            _tokens = texts.Sum(t => t.TokenIds.Length);
            EmbeddingLane lane = Request.IsQuery ? EmbeddingLane.Query : EmbeddingLane.Ingest;
            _ports.Embedding.Tell(new EmbeddingProtocol.Embed(RequestId, Client, lane, texts, Request.Header.Deadline));
        }
        catch (EmbeddingException e)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, e.Message));
        }
    }

    private void OnEmbedded(EmbeddingProtocol.Embedded embedded)
    {
        int dimensions = _ports.Model.Dimensions;
        byte[] vectors = new byte[embedded.Vectors.Count * dimensions * sizeof(float)];
        for (int i = 0; i < embedded.Vectors.Count; i++)
        {
            MemoryMarshal.AsBytes(embedded.Vectors[i].AsSpan()).CopyTo(vectors.AsSpan(i * dimensions * sizeof(float)));
        }

        Finish(new TextsEmbedded(RequestId, _ports.Model.Id, dimensions, vectors, _tokens));
    }
}
