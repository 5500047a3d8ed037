using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// The requests' side of the embedding actor: takes them in, knows who waits for each, answers each once. An asker that stops no longer
/// wants its answer, and its requests go. What was computed lately is not computed again.
/// </summary>
internal sealed class EmbeddingDesk(EmbeddingSettings settings, EmbeddingMetrics metrics, IActorContext context)
{
    private readonly EmbeddingQueue _queue = new(settings.Limits);
    private readonly VectorCache _known = new(settings.CachedVectors);
    private readonly Dictionary<Guid, (IActorRef Asker, EmbeddingLane Lane)> _askers = [];
    private readonly Dictionary<IActorRef, HashSet<Guid>> _open = [];
    private EmbeddingRun? _running;

    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>Padded tokens that a run may have now.</summary>
    public int MaxRunTokens => _queue.MaxRunTokens;

    private DateTimeOffset Now => context.System.Scheduler.Now;

    public LaneLevel Level(EmbeddingLane lane) => _queue.Level(lane, Now);

    /// <summary>Answers if the model is not needed for it.</summary>
    public bool TryAnswer(Embed request, IActorRef asker)
    {
        IReadOnlyDictionary<TextHash, float[]> known = _known.Find(request.Texts);
        bool all = request.Texts.All(text => known.ContainsKey(text.Hash));
        if (all)
        {
            metrics.Finished(request.Lane, EmbeddingOutcome.Answered, null, Now);
            asker.Tell(new Embedded(request.RequestId, [.. request.Texts.Select(text => known[text.Hash])]));
        }

        return all;
    }

    /// <summary>Queues it, or answers at once.</summary>
    public void Admit(Embed request, IActorRef asker)
    {
        if (TryAnswer(request, asker))
        {
            return;
        }

        if (request.Deadline <= Now)
        {
            metrics.Finished(request.Lane, EmbeddingOutcome.Expired, null, Now);
            asker.Tell(Expired(request.RequestId));
        }
        else if (_queue.Contains(request.RequestId))
        {
            Leave(request.RequestId); // repeated: whoever asked last gets the answer
            Enter(request, asker);
        }
        else if (_queue.TryAdd(
            new EmbeddingRequest(request.RequestId, request.Client, request.Lane, request.Texts, request.Deadline) { Known = _known.Find(request.Texts) },
            Now,
            out TimeSpan retryAfter))
        {
            Enter(request, asker);
            NoteLevels();
        }
        else
        {
            metrics.Finished(request.Lane, EmbeddingOutcome.Busy, null, Now);
            asker.Tell(new RequestFailed(request.RequestId, FailureCode.Busy, "Too much waits for the model already; try again.", retryAfter));
        }
    }

    /// <summary>The asker is gone.</summary>
    public void Withdraw(IActorRef asker)
    {
        if (_open.Remove(asker, out HashSet<Guid>? requests))
        {
            foreach (Guid id in requests)
            {
                if (_askers.Remove(id, out (IActorRef, EmbeddingLane Lane) gone))
                {
                    metrics.Finished(gone.Lane, EmbeddingOutcome.Cancelled, null, Now);
                }

                _queue.Remove(id);
            }

            NoteLevels();
        }
    }

    /// <summary>What to run now, or null. What came too late is answered first.</summary>
    public EmbeddingRun? NextRun()
    {
        foreach (Guid id in _queue.DropExpired(Now))
        {
            Answer(id, Expired(id), EmbeddingOutcome.Expired, null);
        }

        _running = _queue.NextRun(Now);
        if (_running is not null)
        {
            metrics.RunStarted(_running, Now);
        }

        NoteLevels();
        return _running;
    }

    public void Complete(RunCompleted run)
    {
        metrics.RunCompleted(run.RunTime, Now);
        foreach ((TokenizedText text, float[] vector) in _running!.Texts.Zip(run.Vectors))
        {
            _known.Add(text.Key, vector);
        }

        Answer(_queue.Complete(run.Vectors, run.RunTime, Now));
    }

    /// <summary>True if a bad text explains the failure.</summary>
    public bool Fail(string reason)
    {
        metrics.Failed(reason, Now);
        FailedRun failed = _queue.Fail(reason, Now);
        Answer(failed.Finished);
        NoteLevels();
        return failed.Explained;
    }

    /// <summary>This model can't be used: who wants it is told.</summary>
    public void RefuseModel(string modelId, Func<Guid, RequestFailed> refusal)
    {
        foreach (Guid id in _queue.DropModel(modelId))
        {
            Answer(id, refusal(id), EmbeddingOutcome.Unavailable, null);
        }

        NoteLevels();
    }

    /// <summary>The model is gone: everybody is told, nothing is left.</summary>
    public void RefuseAll(Func<Guid, RequestFailed> refusal)
    {
        foreach (Guid id in _queue.DropAll())
        {
            Answer(id, refusal(id), EmbeddingOutcome.Unavailable, null);
        }

        NoteLevels();
    }

    private void Answer(IReadOnlyList<FinishedRequest> finished)
    {
        foreach (FinishedRequest request in finished)
        {
            object reply = request.Vectors is { } vectors
                ? new Embedded(request.RequestId, vectors)
                : new RequestFailed(request.RequestId, FailureCode.BadRequest, $"A text could not be embedded: {request.Failure}");
            Answer(request.RequestId, reply, request.Vectors is null ? EmbeddingOutcome.Failed : EmbeddingOutcome.Answered, request.QueueTime);
        }
    }

    private void Answer(Guid requestId, object reply, EmbeddingOutcome outcome, TimeSpan? wait)
    {
        if (Leave(requestId) is var (asker, lane))
        {
            metrics.Finished(lane, outcome, wait, Now);
            asker.Tell(reply);
        }
    }

    private void NoteLevels() => metrics.Queued(Level(EmbeddingLane.Query), Level(EmbeddingLane.Ingest), MaxRunTokens);

    private void Enter(Embed request, IActorRef asker)
    {
        _askers.Add(request.RequestId, (asker, request.Lane));
        if (!_open.TryGetValue(asker, out HashSet<Guid>? requests))
        {
            _open.Add(asker, requests = []);
            context.Watch(asker);
        }

        requests.Add(request.RequestId);
    }

    private (IActorRef Asker, EmbeddingLane Lane)? Leave(Guid requestId)
    {
        if (!_askers.Remove(requestId, out (IActorRef Asker, EmbeddingLane Lane) left))
        {
            return null;
        }

        if (_open[left.Asker] is { } requests && requests.Remove(requestId) && requests.Count == 0)
        {
            _open.Remove(left.Asker);
            context.Unwatch(left.Asker);
        }

        return left;
    }

    private static RequestFailed Expired(Guid requestId) =>
        new(requestId, FailureCode.Expired, "The deadline passed while the text waited for the model.");
}
