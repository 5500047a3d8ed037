using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// The requests' side of the embedding actor: takes them in, knows who waits for each, answers each once. An asker that stops no longer
/// wants its answer, and its requests go.
/// </summary>
internal sealed class EmbeddingDesk(EmbeddingLimits limits, IActorContext context)
{
    private readonly EmbeddingQueue _queue = new(limits);
    private readonly Dictionary<Guid, IActorRef> _askers = [];
    private readonly Dictionary<IActorRef, HashSet<Guid>> _open = [];

    public bool IsEmpty => _queue.IsEmpty;

    public long Runs { get; private set; }

    public long Texts { get; private set; }

    public long Tokens { get; private set; }

    private DateTimeOffset Now => context.System.Scheduler.Now;

    public int Count(EmbeddingLane lane) => _queue.Count(lane);

    /// <summary>Queues it, or answers at once.</summary>
    public void Admit(Embed request, IActorRef asker)
    {
        if (request.Texts.Count == 0)
        {
            asker.Tell(new Embedded(request.RequestId, []));
        }
        else if (request.Deadline <= Now)
        {
            asker.Tell(Expired(request.RequestId));
        }
        else if (_queue.Contains(request.RequestId))
        {
            Leave(request.RequestId); // repeated: whoever asked last gets the answer
            Enter(request.RequestId, asker);
        }
        else if (_queue.TryAdd(new EmbeddingRequest(request.RequestId, request.Client, request.Lane, request.Texts, request.Deadline), Now, out TimeSpan retryAfter))
        {
            Enter(request.RequestId, asker);
        }
        else
        {
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
                _askers.Remove(id);
                _queue.Remove(id);
            }
        }
    }

    /// <summary>What to run now, or null. What came too late is answered first.</summary>
    public EmbeddingRun? NextRun()
    {
        foreach (Guid id in _queue.DropExpired(Now))
        {
            Answer(id, Expired(id));
        }

        EmbeddingRun? run = _queue.NextRun(Now);
        if (run is not null)
        {
            Texts += run.Texts.Count;
            Tokens += run.Tokens;
        }

        return run;
    }

    public void Complete(RunCompleted run)
    {
        Runs++;
        Answer(_queue.Complete(run.Vectors, run.RunTime, Now));
    }

    /// <summary>True if a bad text explains the failure.</summary>
    public bool Fail(string reason)
    {
        FailedRun failed = _queue.Fail(reason, Now);
        Answer(failed.Finished);
        return failed.Explained;
    }

    /// <summary>The model is gone: everybody is told, nothing is left.</summary>
    public void RefuseAll(Func<Guid, RequestFailed> refusal)
    {
        foreach (Guid id in _queue.DropAll())
        {
            Answer(id, refusal(id));
        }
    }

    private void Answer(IReadOnlyList<FinishedRequest> finished)
    {
        foreach (FinishedRequest request in finished)
        {
            Answer(request.RequestId, request.Vectors is { } vectors
                ? new Embedded(request.RequestId, vectors)
                : new RequestFailed(request.RequestId, FailureCode.BadRequest, $"A text could not be embedded: {request.Failure}"));
        }
    }

    private void Answer(Guid requestId, object reply) => Leave(requestId)?.Tell(reply);

    private void Enter(Guid requestId, IActorRef asker)
    {
        _askers.Add(requestId, asker);
        if (!_open.TryGetValue(asker, out HashSet<Guid>? requests))
        {
            _open.Add(asker, requests = []);
            context.Watch(asker);
        }

        requests.Add(requestId);
    }

    private IActorRef? Leave(Guid requestId)
    {
        if (_askers.Remove(requestId, out IActorRef? asker) && _open[asker] is { } requests && requests.Remove(requestId) && requests.Count == 0)
        {
            _open.Remove(asker);
            context.Unwatch(asker);
        }

        return asker;
    }

    private static RequestFailed Expired(Guid requestId) =>
        new(requestId, FailureCode.Expired, "The deadline passed while the text waited for the model.");
}
