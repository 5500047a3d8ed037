using System.Runtime.InteropServices;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Query;

/// <summary>Embeds texts for a client: the index is asked first, then the model for what is not known.</summary>
internal sealed class EmbedActor : RequestActor<EmbedTexts>
{
    private readonly QueryPorts _ports;
    private readonly IEmbedderFactory _embedder;
    private readonly Guid _lookupId = Guid.NewGuid();
    private readonly Dictionary<TextHash, float[]> _vectors = [];
    private TokenizedText[] _texts = [];
    private TokenizedText[] _missing = [];

    public EmbedActor(Authorized<EmbedTexts> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        _embedder = ports.Models.Embedder;
        Receive<VectorsFound>(found => OnVectorsFound(found.Vectors));
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
            if (TooLong(purpose) is { } tooLong)
            {
                Finish(tooLong);
                return;
            }

            _texts = [.. Request.Texts.Select(text => TokenizedText.Of(text, purpose, _embedder))];
            _ports.Index.Tell(new FindVectors(_lookupId, _embedder.Model.Id, [.. _texts.Select(text => text.Hash).Distinct()], Urgent: Request.IsQuery));
        }
        catch (EmbeddingException e)
        {
            Finish(new Failure(RequestId, FailureCode.ModelUnavailable, e.Message));
        }
    }

    private TextTooLong? TooLong(EmbeddingPurpose purpose)
    {
        for (int i = 0; i < Request.Texts.Count && Request.MaxTokens > 0; i++)
        {
            int tokens = TokenizedText.CountTokens(Request.Texts[i], purpose, _embedder);
            if (tokens > Request.MaxTokens)
            {
                return new TextTooLong(RequestId, i, tokens);
            }
        }

        return null;
    }

    protected override void OnFailed(RequestFailed failed)
    {
        if (failed.RequestId == _lookupId)
        {
            OnVectorsFound(new Dictionary<TextHash, float[]>());
        }
        else
        {
            base.OnFailed(failed);
        }
    }

    private void OnVectorsFound(IReadOnlyDictionary<TextHash, float[]> known)
    {
        Add(known);
        _missing = [.. _texts.Where(text => !_vectors.ContainsKey(text.Hash)).DistinctBy(text => text.Hash)];
        if (_missing.Length == 0)
        {
            Answer();
        }
        else
        {
            EmbeddingLane lane = Request.IsQuery ? EmbeddingLane.Query : EmbeddingLane.Ingest;
            _ports.Embedding.Tell(new EmbeddingProtocol.Embed(RequestId, Client, lane, _missing, Request.Header.Deadline));
        }
    }

    private void OnEmbedded(EmbeddingProtocol.Embedded embedded)
    {
        Add(_missing.Zip(embedded.Vectors, (text, vector) => KeyValuePair.Create(text.Hash, vector)));
        Answer();
    }

    private void Add(IEnumerable<KeyValuePair<TextHash, float[]>> vectors)
    {
        foreach ((TextHash hash, float[] vector) in vectors)
        {
            _vectors.Add(hash, vector);
        }
    }

    private void Answer()
    {
        _ports.Index.Tell(new RememberVectors(_embedder.Model.Id, _vectors));
        int dimensions = _embedder.Model.Dimensions;
        byte[] vectors = new byte[_texts.Length * dimensions * sizeof(float)];
        for (int i = 0; i < _texts.Length; i++)
        {
            MemoryMarshal.AsBytes(_vectors[_texts[i].Hash].AsSpan()).CopyTo(vectors.AsSpan(i * dimensions * sizeof(float)));
        }

        Finish(new TextsEmbedded(RequestId, _embedder.Model.Id, dimensions, vectors, _texts.Sum(text => text.TokenIds.Length)));
    }
}
