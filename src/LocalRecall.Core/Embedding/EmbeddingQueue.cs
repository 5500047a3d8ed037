using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

public enum EmbeddingLane
{
    /// <summary>Somebody waits for it.</summary>
    Query,

    /// <summary>Bulk work.</summary>
    Ingest,
}

/// <summary>Texts that go through the model together.</summary>
public sealed record EmbeddingRun(long Id, IReadOnlyList<TokenizedText> Texts);

/// <summary>A request all of whose texts have been dealt with. One of the two is set.</summary>
/// <param name="Vectors">In the order of the request's texts.</param>
/// <param name="Failure">Why one of its texts has no vector.</param>
public sealed record FinishedRequest(Guid RequestId, IReadOnlyList<float[]>? Vectors, string? Failure);

/// <summary>
/// What waits for the model, and which of it runs next. Two lanes, each in arrival order; queries go first, ingest ages.
/// A text that several requests want is computed once. Not thread-safe: one actor owns it.
/// </summary>
public sealed class EmbeddingQueue(EmbeddingLimits limits)
{
    private readonly LinkedList<Entry>[] _lanes = [new(), new()];
    private readonly Dictionary<TextHash, Entry> _entries = [];
    private readonly Dictionary<Guid, Request> _requests = [];
    private readonly List<Entry> _running = [];
    private long _nextRunId;
    private int _queuedTokens;

    /// <summary>Texts that wait in a lane.</summary>
    public int Count(EmbeddingLane lane) => _lanes[(int)lane].Count;

    public bool IsEmpty => _requests.Count == 0;

    /// <summary>False: too much is queued already, or the request is known; nothing was taken.</summary>
    public bool TryAdd(Guid requestId, EmbeddingLane lane, IReadOnlyList<TokenizedText> texts, DateTimeOffset deadline, DateTimeOffset now)
    {
        int fresh = 0;
        int freshTokens = 0;
        foreach (TokenizedText text in texts)
        {
            if (!_entries.ContainsKey(text.Hash))
            {
                fresh++;
                freshTokens += text.TokenIds.Length;
            }
        }

        // One request of any size is admitted when nothing waits: else it could never be.
        int queued = Count(EmbeddingLane.Query) + Count(EmbeddingLane.Ingest);
        bool full = queued > 0 && (queued + fresh > limits.MaxQueuedTexts || _queuedTokens + freshTokens > limits.MaxQueuedTokens);
        if (full || !_requests.TryAdd(requestId, new Request(requestId, texts, deadline)))
        {
            return false;
        }

        foreach (TokenizedText text in texts)
        {
            Enqueue(text, lane, requestId, now);
        }

        return true;
    }

    /// <summary>Takes out requests nobody waits for any longer; returns their ids. Work that only they wanted goes with them.</summary>
    public IReadOnlyList<Guid> DropExpired(DateTimeOffset now)
    {
        List<Guid> expired = [.. _requests.Values.Where(r => r.Deadline <= now).Select(r => r.Id)];
        foreach (Guid id in expired)
        {
            Drop(id);
        }

        return expired;
    }

    /// <summary>Everything that waits, dropped; for when the model is gone.</summary>
    public IReadOnlyList<Guid> DropAll()
    {
        List<Guid> all = [.. _requests.Keys];
        _requests.Clear();
        _entries.Clear();
        _running.Clear();
        _lanes[0].Clear();
        _lanes[1].Clear();
        _queuedTokens = 0;
        return all;
    }

    /// <summary>The texts to run now, or null when none wait. The caller completes or fails this run before it asks for the next.</summary>
    public EmbeddingRun? NextRun(DateTimeOffset now)
    {
        LinkedList<Entry> queries = _lanes[(int)EmbeddingLane.Query];
        LinkedList<Entry> ingest = _lanes[(int)EmbeddingLane.Ingest];
        bool ingestIsDue = ingest.First is { } oldest && (queries.Count == 0 || now - oldest.Value.QueuedAt >= limits.IngestAge);
        LinkedList<Entry> lane = ingestIsDue ? ingest : queries;
        if (lane.First is not { } head)
        {
            return null;
        }

        bool alone = RunsAlone(head.Value);
        int longest = head.Value.Text.TokenIds.Length;
        Take(lane, head);
        while (!alone && lane.First is { } next && !RunsAlone(next.Value))
        {
            longest = Math.Max(longest, next.Value.Text.TokenIds.Length);
            if (longest * (_running.Count + 1) > limits.MaxRunTokens)
            {
                break;
            }

            Take(lane, next);
        }

        if (ingestIsDue && queries.Count > 0 && ingest.First is { } waiting)
        {
            waiting.Value.QueuedAt = now; // its turn has been had: queries go first again until it ages anew
        }

        return new EmbeddingRun(_nextRunId++, [.. _running.Select(e => e.Text)]);
    }

    /// <summary>The run in progress has produced <paramref name="vectors"/>, in its order.</summary>
    public IReadOnlyList<FinishedRequest> Complete(IReadOnlyList<float[]> vectors)
    {
        List<FinishedRequest> finished = [];
        for (int i = 0; i < _running.Count; i++)
        {
            Finish(_running[i], vectors[i], null, finished);
        }

        _running.Clear();
        return finished;
    }

    /// <summary>
    /// The run in progress failed. Its texts are tried once more, each alone, so that one bad text harms no other;
    /// a text that fails alone for the second time fails the requests that want it.
    /// </summary>
    public IReadOnlyList<FinishedRequest> Fail(string reason, DateTimeOffset now)
    {
        List<FinishedRequest> finished = [];
        foreach (Entry entry in Enumerable.Reverse(_running))
        {
            if (entry.Attempts >= 2 && _running.Count == 1)
            {
                Finish(entry, null, reason, finished);
            }
            else
            {
                entry.QueuedAt = now;
                entry.Node = _lanes[(int)entry.Lane].AddFirst(entry);
                _queuedTokens += entry.Text.TokenIds.Length;
            }
        }

        _running.Clear();
        return finished;
    }

    private bool RunsAlone(Entry entry) => entry.Attempts > 0 || entry.Text.TokenIds.Length >= limits.AloneTokens;

    private void Enqueue(TokenizedText text, EmbeddingLane lane, Guid requestId, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(text.Hash, out Entry? entry))
        {
            entry = new Entry(text, lane) { QueuedAt = now };
            _entries.Add(text.Hash, entry);
            entry.Node = _lanes[(int)lane].AddLast(entry);
            _queuedTokens += text.TokenIds.Length;
        }
        else if (lane == EmbeddingLane.Query && entry is { Lane: EmbeddingLane.Ingest, Node: { } node })
        {
            _lanes[(int)EmbeddingLane.Ingest].Remove(node);
            entry.Lane = EmbeddingLane.Query;
            entry.Node = _lanes[(int)EmbeddingLane.Query].AddLast(entry);
        }

        entry.Wanted.Add(requestId);
    }

    private void Take(LinkedList<Entry> lane, LinkedListNode<Entry> node)
    {
        lane.Remove(node);
        node.Value.Node = null;
        _queuedTokens -= node.Value.Text.TokenIds.Length;
        node.Value.Attempts++;
        _running.Add(node.Value);
    }

    private void Finish(Entry entry, float[]? vector, string? failure, List<FinishedRequest> finished)
    {
        _entries.Remove(entry.Text.Hash);
        foreach (Guid id in entry.Wanted)
        {
            if (!_requests.TryGetValue(id, out Request? request))
            {
                continue;
            }

            if (vector is null)
            {
                Drop(id);
                finished.Add(new FinishedRequest(id, null, failure));
                continue;
            }

            request.Set(entry.Text.Hash, vector);
            if (request.IsComplete)
            {
                _requests.Remove(id);
                finished.Add(new FinishedRequest(id, request.Vectors, null));
            }
        }
    }

    private void Drop(Guid requestId)
    {
        if (!_requests.Remove(requestId, out Request? request))
        {
            return;
        }

        foreach (TokenizedText text in request.Texts)
        {
            if (!_entries.TryGetValue(text.Hash, out Entry? entry))
            {
                continue;
            }

            entry.Wanted.Remove(requestId);
            if (entry is { Wanted.Count: 0, Node: { } node })
            {
                _lanes[(int)entry.Lane].Remove(node);
                _queuedTokens -= text.TokenIds.Length;
                _entries.Remove(text.Hash);
            }
        }
    }

    /// <summary>One text and the requests that want it. In a lane while <see cref="Node"/> is set, else in the run.</summary>
    private sealed class Entry(TokenizedText text, EmbeddingLane lane)
    {
        public TokenizedText Text { get; } = text;

        public EmbeddingLane Lane { get; set; } = lane;

        public HashSet<Guid> Wanted { get; } = [];

        public LinkedListNode<Entry>? Node { get; set; }

        public DateTimeOffset QueuedAt { get; set; }

        public int Attempts { get; set; }
    }

    private sealed class Request(Guid id, IReadOnlyList<TokenizedText> texts, DateTimeOffset deadline)
    {
        private int _missing = texts.Select(t => t.Hash).Distinct().Count();

        public Guid Id { get; } = id;

        public IReadOnlyList<TokenizedText> Texts { get; } = texts;

        public DateTimeOffset Deadline { get; } = deadline;

        public float[][] Vectors { get; } = new float[texts.Count][];

        public bool IsComplete => _missing == 0;

        public void Set(TextHash hash, float[] vector)
        {
            for (int i = 0; i < Texts.Count; i++)
            {
                if (Texts[i].Hash == hash)
                {
                    Vectors[i] = vector;
                }
            }

            _missing--;
        }
    }
}
