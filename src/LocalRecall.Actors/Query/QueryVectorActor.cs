using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Query;

/// <summary>
/// Finds the vector of one query: the model is asked only for what the index does not know. Tells its parent a <see cref="Found"/>, a
/// <see cref="Missing"/> or the index's <see cref="RequestFailed"/>, once. What comes too late is still remembered.
/// </summary>
internal sealed class QueryVectorActor : ReceiveActor, IWithTimers
{
    private readonly QueryPorts _ports;
    private readonly string _query;
    private readonly IEmbedderFactory _embedder;
    private readonly TextHash _hash;
    private readonly ClientId _client;
    private readonly DateTimeOffset _deadline;
    private readonly TimeSpan _patience;
    private readonly Guid _lookupId = Guid.NewGuid();
    private readonly Guid _embedId = Guid.NewGuid();
    private bool _told;

    public QueryVectorActor(string query, IEmbedderFactory embedder, ClientId client, DateTimeOffset deadline, TimeSpan patience, QueryPorts ports)
    {
        (_query, _embedder, _client, _deadline, _patience, _ports) = (query, embedder, client, deadline, patience, ports);
        _hash = embedder.Model.HashOf(query, EmbeddingPurpose.Query);
        Receive<VectorsFound>(OnLookedUp);
        Receive<EmbeddingProtocol.Embedded>(embedded => OnVector(embedded.Vectors[0]));
        Receive<RequestFailed>(OnFailed);
        Receive<PatienceEnded>(_ => Tell(new Missing("the model did not answer in time")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="deadline">When the query is worth nothing any more.</param>
    /// <param name="patience">After so long the search goes on without.</param>
    public static Props CreateProps(string query, IEmbedderFactory embedder, ClientId client, DateTimeOffset deadline, TimeSpan patience, QueryPorts ports) =>
        Props.Create(() => new QueryVectorActor(query, embedder, client, deadline, patience, ports));

    protected override void PreStart()
    {
        _ports.Index.Tell(new FindVectors(_lookupId, _embedder.Model.Id, [_hash], Urgent: true));
        Timers.StartSingleTimer(nameof(PatienceEnded), PatienceEnded.Instance, _patience);
    }

    private void OnLookedUp(VectorsFound found)
    {
        if (found.Vectors.TryGetValue(_hash, out float[]? vector))
        {
            OnVector(vector);
        }
        else
        {
            Embed();
        }
    }

    private void OnFailed(RequestFailed failed)
    {
        if (failed.Code == FailureCode.StoreUnavailable)
        {
            Tell(failed);
        }
        else if (failed.RequestId == _lookupId)
        {
            Embed();
        }
        else
        {
            Tell(new Missing(failed.Message));
        }
    }

    private void Embed()
    {
        if (_told)
        {
            return;
        }

        try
        {
            TokenizedText text = TokenizedText.Of(_query, EmbeddingPurpose.Query, _embedder);
            _ports.Embedding.Tell(new EmbeddingProtocol.Embed(_embedId, _client, EmbeddingLane.Query, [text], _deadline));
        }
        catch (EmbeddingException e)
        {
            Tell(new Missing(e.Message));
        }
    }

    private void OnVector(float[] vector)
    {
        _ports.Index.Tell(new RememberVectors(_embedder.Model.Id, new Dictionary<TextHash, float[]> { [_hash] = vector }));
        Tell(new Found(vector));
    }

    private void Tell(IInternalMessage answer)
    {
        if (!_told)
        {
            _told = true;
            Context.Parent.Tell(answer);
        }
    }

    public sealed record Found(float[] Vector) : IInternalMessage;

    /// <summary>The model can't be used, or not in time.</summary>
    public sealed record Missing(string Reason) : IInternalMessage;

    private sealed class PatienceEnded : IInternalMessage
    {
        public static readonly PatienceEnded Instance = new();
    }
}
