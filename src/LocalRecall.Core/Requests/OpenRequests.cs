using LocalRecall.Core.Embedding;

namespace LocalRecall.Core.Requests;

/// <param name="MaxOpen">Requests worked on at once.</param>
/// <param name="MaxOpenPerClient">Of these, requests that one client waits for.</param>
public sealed record RequestLimits(int MaxOpen, int MaxOpenPerClient);

/// <summary>What is being worked on, and who waits for it. A request that is sent again while it is open is not done twice: its sender waits too.</summary>
/// <typeparam name="TWorker">Who does one request.</typeparam>
/// <typeparam name="TAsker">Who gets its reply.</typeparam>
public sealed class OpenRequests<TWorker, TAsker>(RequestLimits limits)
    where TWorker : notnull
{
    private readonly Dictionary<TWorker, Open> _open = [];
    private readonly Dictionary<RequestKey, TWorker> _workers = [];

    /// <summary>All that have a request.</summary>
    public IReadOnlyCollection<TWorker> Workers => _open.Keys;

    /// <summary>True: the request is open, and its reply goes to this asker too.</summary>
    public bool TryJoin(RequestKey key, ClientId client, TAsker asker)
    {
        if (!_workers.TryGetValue(key, out TWorker? worker))
        {
            return false;
        }

        _open[worker].Askers[client] = asker;
        return true;
    }

    /// <summary>Why there is no room for another request of this client; null: there is. The host's own work is never refused.</summary>
    public string? Refusal(ClientId client)
    {
        if (client == ClientId.Host)
        {
            return null;
        }

        if (_open.Values.Count(open => open.Askers.ContainsKey(client)) >= limits.MaxOpenPerClient)
        {
            return $"This client waits for {limits.MaxOpenPerClient} requests already; try again when one is answered.";
        }

        return _open.Count >= limits.MaxOpen ? "Too many requests at once; try again." : null;
    }

    /// <param name="isWrite">It is worked on to its end, though nobody may wait for it any more.</param>
    public void Add(TWorker worker, RequestKey key, ClientId client, TAsker asker, bool isWrite)
    {
        _workers.Add(key, worker);
        _open.Add(worker, new Open(key, isWrite, new Dictionary<ClientId, TAsker> { [client] = asker }));
    }

    /// <summary>Those who wait for this worker's reply.</summary>
    public IReadOnlyCollection<TAsker> AskersOf(TWorker worker) => _open.TryGetValue(worker, out Open? open) ? open.Askers.Values : [];

    /// <summary>The worker is done. Null: nobody had work for it.</summary>
    public ClosedRequest<TAsker>? Close(TWorker worker)
    {
        if (!_open.Remove(worker, out Open? open))
        {
            return null;
        }

        _workers.Remove(open.Key);
        return new ClosedRequest<TAsker>(open.Key, open.IsWrite, open.Askers.Values);
    }

    /// <summary>A client no longer waits for a request, or for any of its own. Returns the workers that may stop, now that nobody waits for them.</summary>
    public IReadOnlyList<TWorker> Leave(ClientId client, Guid? requestId = null)
    {
        List<TWorker> idle = [];
        foreach ((TWorker worker, Open open) in _open)
        {
            if ((requestId is null || requestId == open.Key.RequestId) && open.Askers.Remove(client) && open.Askers.Count == 0 && !open.IsWrite)
            {
                idle.Add(worker);
            }
        }

        foreach (TWorker worker in idle)
        {
            Close(worker);
        }

        return idle;
    }

    private sealed record Open(RequestKey Key, bool IsWrite, Dictionary<ClientId, TAsker> Askers);
}

public sealed record ClosedRequest<TAsker>(RequestKey Key, bool IsWrite, IReadOnlyCollection<TAsker> Askers);
