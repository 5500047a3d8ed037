using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>
/// What waits for a model, and which of it runs next; a run is of one model. Two lanes: queries go first, ingest ages; within a lane clients take turns.
/// A text that several requests want is computed once. Texts whose run failed are tried again before their lane goes on.
/// Not thread-safe: one actor owns it.
/// </summary>
public sealed class EmbeddingQueue(EmbeddingLimits limits)
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly RunPacer _pacer = new(limits);
    private readonly Backlog _backlog = new(limits);
    private readonly FairLane[] _lanes = [new(), new()];
    private readonly List<Group> _retries = [];
    private readonly Dictionary<VectorKey, PendingText> _texts = [];
    private readonly Dictionary<Guid, PendingRequest> _requests = [];
    private readonly SortedSet<(DateTimeOffset, Guid)> _deadlines = [];
    private (Group Group, int PaddedTokens, DateTimeOffset Began)? _running;
    private DateTimeOffset _ingestBegan;
    private bool _succeededSincePoison = true;
    private long _runs;
    private long _arrivals;

    /// <summary>No request is unanswered.</summary>
    public bool IsEmpty => _requests.Count == 0;

    /// <summary>Padded tokens that the next run may have, by the speed measured so far.</summary>
    public int MaxRunTokens => _pacer.MaxRunTokens;

    /// <summary>Texts that wait in a lane.</summary>
    public int Count(EmbeddingLane lane) => _backlog[lane].Texts;

    /// <summary>Their tokens.</summary>
    public int QueuedTokens(EmbeddingLane lane) => _backlog[lane].Tokens;

    /// <summary>What waits in a lane, and how long its oldest text has.</summary>
    public LaneLevel Level(EmbeddingLane lane, DateTimeOffset now) =>
        new(Count(lane), QueuedTokens(lane), WaitsSince(lane) is { } since ? now - since : TimeSpan.Zero);

    public bool Contains(Guid requestId) => _requests.ContainsKey(requestId);

    /// <summary>False: too much waits already, of this client or in total; nothing was taken.</summary>
    /// <param name="retryAfter">When refused: how long the model needs for what it would wait behind.</param>
    /// <exception cref="ArgumentException">The request is known.</exception>
    public bool TryAdd(EmbeddingRequest request, DateTimeOffset now, out TimeSpan retryAfter)
    {
        // Shortest first, so that similar lengths meet in a run.
        List<TokenizedText> texts = [.. request.Texts.Where(text => !request.Known.ContainsKey(text.Hash)).DistinctBy(text => text.Hash).OrderBy(text => text.TokenIds.Length)];
        Load fresh = Load.Of(texts.Where(text => !_texts.ContainsKey(text.Key)));
        retryAfter = TimeSpan.Zero;
        if (!_backlog.Admits(request.Client, request.Lane, Load.Of(texts), fresh))
        {
            int ahead = QueuedTokens(EmbeddingLane.Query) + (request.Lane == EmbeddingLane.Ingest ? QueuedTokens(EmbeddingLane.Ingest) : 0);
            TimeSpan time = _pacer.TimeFor(ahead);
            retryAfter = time < ShortestRetry ? ShortestRetry : time > LongestRetry ? LongestRetry : time;
            return false;
        }

        PendingRequest pending = new(
            request, [.. texts.Select(text => _texts.GetValueOrDefault(text.Key) ?? new PendingText(text))], _arrivals++, now);
        _requests.Add(request.Id, pending);
        _deadlines.Add(pending.Deadline);
        foreach (PendingText text in pending.Texts)
        {
            _texts.TryAdd(text.Text.Key, text);
            ChangeWanted(text, wanted => wanted.Add(pending));
        }

        _lanes[(int)request.Lane].Add(pending);
        return true;
    }

    /// <summary>Takes a request out; work that only it wanted goes with it. False: it is not here.</summary>
    public bool Remove(Guid requestId)
    {
        if (!_requests.TryGetValue(requestId, out PendingRequest? request))
        {
            return false;
        }

        Forget(request);
        foreach (PendingText text in request.Texts)
        {
            ChangeWanted(text, wanted => wanted.Remove(request));
            if (text is { Waits: true, Wanted.Count: 0 })
            {
                _texts.Remove(text.Text.Key);
                _retries.ForEach(group => group.Texts.Remove(text));
            }
        }

        _retries.RemoveAll(group => group.Texts.Count == 0);
        return true;
    }

    /// <summary>Removes requests for this model; returns their ids.</summary>
    public IReadOnlyList<Guid> DropModel(string modelId)
    {
        List<Guid> dropped = [.. _requests.Values.Where(request => request.Texts[0].Text.ModelId == modelId).Select(request => request.Id)];
        dropped.ForEach(id => Remove(id));
        return dropped;
    }

    /// <summary>Removes requests whose deadline has come; returns their ids.</summary>
    public IReadOnlyList<Guid> DropExpired(DateTimeOffset now)
    {
        List<Guid> expired = [];
        while (_deadlines.Count > 0 && _deadlines.Min is var (deadline, id) && deadline <= now)
        {
            Remove(id);
            expired.Add(id);
        }

        return expired;
    }

    /// <summary>Everything, the run in progress too, dropped; for when the model is gone. Returns the requests' ids.</summary>
    public IReadOnlyList<Guid> DropAll()
    {
        List<Guid> all = [.. _requests.Keys];
        _requests.Clear();
        _deadlines.Clear();
        _texts.Clear();
        _retries.Clear();
        _backlog.Clear();
        _lanes[0].Clear();
        _lanes[1].Clear();
        _running = null;
        return all;
    }

    /// <summary>The texts to run now, or null when none wait. The caller completes or fails this run before it asks for the next.</summary>
    public EmbeddingRun? NextRun(DateTimeOffset now)
    {
        DateTimeOffset? query = WaitsSince(EmbeddingLane.Query);
        DateTimeOffset? ingest = WaitsSince(EmbeddingLane.Ingest);
        if (query is null && ingest is null)
        {
            return null;
        }

        // After a run of its own, ingest ages anew.
        bool due = query is null || (now - ingest >= limits.IngestAge && now - _ingestBegan >= limits.IngestAge);
        EmbeddingLane lane = due ? EmbeddingLane.Ingest : EmbeddingLane.Query;
        Group group = _retries.Find(group => group.Lane == lane) ?? new Group(FormRun(_lanes[(int)lane]), 0);
        _retries.Remove(group);
        foreach (PendingText text in group.Texts)
        {
            _backlog.Remove(text);
            text.State = TextState.Running;
        }

        EmbeddingRun run = new(_runs++, lane, [.. group.Texts.Select(text => text.Text)], group.Failures + 1);
        _running = (group, run.PaddedTokens, now);
        _ingestBegan = due ? now : _ingestBegan;
        return run;
    }

    /// <summary>The run in progress has produced <paramref name="vectors"/>, in its order.</summary>
    /// <param name="runTime">By a steady clock. Zero: not known.</param>
    public IReadOnlyList<FinishedRequest> Complete(IReadOnlyList<float[]> vectors, TimeSpan runTime, DateTimeOffset now)
    {
        (Group run, int paddedTokens, DateTimeOffset began) = EndRun();
        List<FinishedRequest> finished = [];
        foreach ((PendingText text, float[] vector) in run.Texts.Zip(vectors))
        {
            _texts.Remove(text.Text.Key);
            foreach (PendingRequest request in text.Wanted)
            {
                request.Set(text, vector);
                if (request.IsComplete)
                {
                    Forget(request);
                    finished.Add(request.Finish(null, began, now));
                }
            }
        }

        _pacer.Learn(paddedTokens, runTime);
        _succeededSincePoison = true;
        return finished;
    }

    /// <summary>
    /// The run in progress failed. It is tried once more as it was, then each of its texts alone. A text that fails alone at its
    /// second attempt or later is poisonous: it fails the requests that want it, no others.
    /// </summary>
    public FailedRun Fail(string reason, DateTimeOffset now)
    {
        (Group failed, _, DateTimeOffset began) = EndRun();
        int failures = failed.Failures + 1;
        if (failures > 1 && failed.Texts is [var poison])
        {
            bool explained = _succeededSincePoison;
            _succeededSincePoison = false;
            _texts.Remove(poison.Text.Key);
            List<FinishedRequest> finished = [.. poison.Wanted.Select(request => request.Finish(reason, began, now))];
            finished.ForEach(request => Remove(request.RequestId));
            return new FailedRun(finished, explained);
        }

        List<PendingText> wanted = [];
        foreach (PendingText text in failed.Texts)
        {
            if (text.Wanted.Count == 0)
            {
                _texts.Remove(text.Text.Key);
                continue;
            }

            text.State = TextState.Retrying;
            _backlog.Add(text);
            wanted.Add(text);
        }

        IEnumerable<List<PendingText>> again = failures == 1 ? [wanted] : wanted.Select(text => new List<PendingText> { text });
        _retries.AddRange(again.Where(texts => texts.Count > 0).Select(texts => new Group(texts, failures)));
        return new FailedRun([], false);
    }

    private DateTimeOffset? WaitsSince(EmbeddingLane lane)
    {
        DateTimeOffset? since = _lanes[(int)lane].WaitsSince;
        foreach (Group group in _retries)
        {
            if (group.Lane == lane && !(since <= group.WaitsSince))
            {
                since = group.WaitsSince;
            }
        }

        return since;
    }

    /// <summary>Starts with whoever's turn it is and adds what fits, short texts only.</summary>
    private List<PendingText> FormRun(FairLane lane)
    {
        List<PendingText> run = [lane.TakeNext(_ => true)!];
        int longest = run[0].Tokens;
        int cap = MaxRunTokens;
        while (longest < limits.AloneTokens && lane.TakeNext(Fits) is { } text)
        {
            run.Add(text);
            longest = Math.Max(longest, text.Tokens);
        }

        return run;

        // To join costs padding and saves the overhead of a run: it must not cost more than it saves.
        bool Fits(PendingText text)
        {
            int padded = Math.Max(longest, text.Tokens) * (run.Count + 1);
            int padding = padded - (longest * run.Count) - text.Tokens;
            return text.Text.ModelId == run[0].Text.ModelId && text.Tokens < limits.AloneTokens && padded <= cap && padding <= RunPacer.OverheadTokens;
        }
    }

    private (Group Group, int PaddedTokens, DateTimeOffset Began) EndRun()
    {
        (Group, int, DateTimeOffset) ended = _running ?? throw new InvalidOperationException("No run is in progress.");
        _running = null;
        return ended;
    }

    private void ChangeWanted(PendingText text, Action<List<PendingRequest>> change)
    {
        if (text is { Waits: true, Wanted.Count: > 0 })
        {
            _backlog.Remove(text);
        }

        change(text.Wanted);
        if (text is { Waits: true, Wanted.Count: > 0 })
        {
            _backlog.Add(text);
        }
    }

    private void Forget(PendingRequest request)
    {
        _requests.Remove(request.Id);
        _deadlines.Remove(request.Deadline);
        FairLane.Remove(request);
    }

    /// <summary>Texts that run together, and how often they did so in vain.</summary>
    private sealed record Group(List<PendingText> Texts, int Failures)
    {
        public EmbeddingLane Lane => Texts.Exists(text => text.Lane == EmbeddingLane.Query) ? EmbeddingLane.Query : EmbeddingLane.Ingest;

        public DateTimeOffset WaitsSince => Texts.Min(text => text.Wanted[0].QueuedAt);
    }
}
