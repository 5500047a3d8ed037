using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

/// <summary>A queue and, beside it, what must be true of it, kept the slow and simple way: by looking through all requests.</summary>
internal sealed class QueueModel(EmbeddingLimits limits, bool checkFairness)
{
    private readonly EmbeddingQueue _queue = new(limits);
    private readonly List<Asked> _open = [];
    private readonly HashSet<Guid> _admitted = [];
    private readonly HashSet<Guid> _answered = [];
    private readonly Dictionary<TextHash, (long Run, int Times)> _failed = [];
    private readonly Dictionary<EmbeddingLane, FairShares> _shares = new() { [EmbeddingLane.Query] = new(limits), [EmbeddingLane.Ingest] = new(limits) };
    private DateTimeOffset _runBegan;
    private DateTimeOffset _ingestBegan;
    private bool _succeededSincePoison = true;

    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    public EmbeddingRun? Run { get; private set; }

    public bool IsDone => Run is null && _open.Count == 0;

    public void Advance(TimeSpan time) => Now += time;

    public void Ask(EmbeddingRequest request)
    {
        List<TokenizedText> texts = [.. request.Texts.DistinctBy(text => text.Hash)];
        List<TokenizedText> ofLane = WaitingIn(request.Lane);
        List<TokenizedText> ofClient = [.. _open.Where(asked => asked.IsOf(request.Client, request.Lane)).SelectMany(Waiting)];
        bool expected =
            Fits(ofLane, texts.Where(text => !IsHere(text)), limits.MaxQueuedTexts, limits.MaxQueuedTokens)
            && Fits(ofClient, texts, limits.MaxClientTexts, limits.MaxClientTokens);

        Assert.Equal(expected, _queue.TryAdd(request, Now, out TimeSpan retryAfter));

        if (expected)
        {
            _open.Add(new Asked(request, Now));
            Assert.True(_admitted.Add(request.Id));
        }
        else
        {
            Assert.InRange(retryAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
        }

        Check();
    }

    public void RemoveOne(Random random)
    {
        Assert.False(_queue.Remove(Guid.NewGuid()));
        if (_open.Count > 0)
        {
            Guid id = _open[random.Next(_open.Count)].Id;
            Assert.True(_queue.Remove(id));
            Answered(id);
        }

        Check();
    }

    public void DropAll()
    {
        IReadOnlyList<Guid> dropped = _queue.DropAll();
        Assert.Equal(_open.Select(asked => asked.Id).Order(), dropped.Order());
        dropped.ToList().ForEach(Answered);
        Run = null;
        Check();
    }

    public void BeginRun()
    {
        List<Guid> late = [.. _open.Where(asked => asked.Request.Deadline <= Now).Select(asked => asked.Id)];
        IReadOnlyList<Guid> expired = _queue.DropExpired(Now);
        Assert.Equal(late.Order(), expired.Order());
        late.ForEach(Answered);
        Check();

        List<TokenizedText> queries = WaitingIn(EmbeddingLane.Query);
        List<TokenizedText> all = [.. queries, .. WaitingIn(EmbeddingLane.Ingest)];
        int cap = _queue.MaxRunTokens;
        EmbeddingRun? run = _queue.NextRun(Now);
        Assert.Equal(all.Count == 0, run is null);
        if (run is null)
        {
            return;
        }

        Assert.Equal(run.Texts.Count, run.Texts.DistinctBy(text => text.Hash).Count());
        Assert.All(run.Texts, text => Assert.Contains(text, all));
        CheckShape(run, cap);
        CheckLane(run, queries);
        CheckOrder(run);
        CheckRetry(run, all);
        Run = run;
        _runBegan = Now;
        _ingestBegan = run.Lane == EmbeddingLane.Ingest ? Now : _ingestBegan;
        if (checkFairness)
        {
            _shares[run.Lane].Check(run.Texts.Select(text => (_open.Single(asked => asked.Missing.Contains(text.Hash)).Request.Client, Tokens(text))));
        }

        Check();
    }

    public void Complete(TimeSpan runTime)
    {
        EmbeddingRun run = Run!;
        Run = null;
        List<Asked> done = [];
        foreach (Asked asked in _open)
        {
            asked.Missing.RemoveWhere(hash => run.Texts.Any(text => text.Hash == hash));
            if (asked.Missing.Count == 0)
            {
                done.Add(asked);
            }
        }

        IReadOnlyList<FinishedRequest> finished = _queue.Complete([.. run.Texts.Select(text => (float[])[(float)text.Hash.Low])], runTime, Now);

        Assert.Equal(done.Select(asked => asked.Id).Order(), finished.Select(request => request.RequestId).Order());
        foreach (FinishedRequest request in finished)
        {
            Asked asked = done.Single(a => a.Id == request.RequestId);
            Assert.Equal(asked.Request.Texts.Select(text => (float)text.Hash.Low), request.Vectors!.Select(vector => vector[0]));
            CheckTimes(asked, request);
            Answered(request.RequestId);
        }

        run.Texts.ToList().ForEach(text => _failed.Remove(text.Hash));
        _succeededSincePoison = true;
        Check();
    }

    public void Fail(bool poisoned)
    {
        EmbeddingRun run = Run!;
        Run = null;
        bool found = run is { Texts.Count: 1, Attempt: > 1 };
        Assert.True(poisoned || !found);
        List<Guid> losers = found ? [.. _open.Where(asked => asked.Missing.Contains(run.Texts[0].Hash)).Select(asked => asked.Id)] : [];

        FailedRun failed = _queue.Fail("broken", Now);

        Assert.Equal(found && _succeededSincePoison, failed.Explained);
        Assert.Equal(losers.Order(), failed.Finished.Select(request => request.RequestId).Order());
        foreach (FinishedRequest request in failed.Finished)
        {
            Assert.Equal(("broken", null), (request.Failure, request.Vectors));
            CheckTimes(_open.Single(asked => asked.Id == request.RequestId), request);
            Answered(request.RequestId);
        }

        _succeededSincePoison &= !found;
        foreach (TokenizedText text in run.Texts)
        {
            _failed[text.Hash] = (run.Id, run.Attempt);
        }

        Check();
    }

    public void CheckDone()
    {
        Assert.True(_queue.IsEmpty);
        Assert.Equal(_admitted, _answered);
        Assert.Null(_queue.NextRun(Now));
    }

    private static bool Fits(List<TokenizedText> waiting, IEnumerable<TokenizedText> more, int maxTexts, int maxTokens) =>
        waiting.Count == 0 || (waiting.Count + more.Count() <= maxTexts && waiting.Sum(Tokens) + more.Sum(Tokens) <= maxTokens);

    private static int Tokens(TokenizedText text) => text.TokenIds.Length;

    /// <summary>Short texts only together, within the cap; the run is no longer than its texts would take by themselves.</summary>
    private void CheckShape(EmbeddingRun run, int cap)
    {
        Assert.InRange(cap, limits.AloneTokens, limits.MaxRunTokens);
        Assert.Equal(run.Texts.Sum(Tokens), run.Tokens);
        Assert.Equal(run.Texts.Max(Tokens) * run.Texts.Count, run.PaddedTokens);
        if (run.Texts.Count > 1)
        {
            Assert.All(run.Texts, text => Assert.True(Tokens(text) < limits.AloneTokens));
            Assert.True(run.PaddedTokens <= (run.Attempt == 1 ? cap : limits.MaxRunTokens));
            Assert.True(run.Attempt > 1 || run.PaddedTokens <= run.Tokens + (RunPacer.OverheadTokens * (run.Texts.Count - 1)));
        }
    }

    /// <summary>Queries first; ingest when it has aged, which it does anew after each run of its own.</summary>
    private void CheckLane(EmbeddingRun run, List<TokenizedText> queries)
    {
        bool aged = Now - _ingestBegan >= limits.IngestAge;
        if (run.Lane == EmbeddingLane.Ingest && queries.Count > 0)
        {
            Assert.True(aged);
        }
        else if (run.Lane == EmbeddingLane.Query && aged)
        {
            Assert.DoesNotContain(_open, asked =>
                asked.Request.Lane == EmbeddingLane.Ingest && Now - asked.At >= limits.IngestAge && Waiting(asked).Any(text => !_failed.ContainsKey(text.Hash)));
        }
    }

    /// <summary>A text begins by the turn of a client all of whose earlier requests have begun.</summary>
    private void CheckOrder(EmbeddingRun run)
    {
        HashSet<TextHash> begun = [.. run.Texts.Select(text => text.Hash), .. _failed.Keys];
        foreach (TokenizedText text in run.Texts.Where(_ => run.Attempt == 1))
        {
            Assert.Contains(_open, asked => asked.Missing.Contains(text.Hash) && asked.Request.Lane == run.Lane
                && _open.TakeWhile(earlier => earlier != asked)
                    .Where(earlier => earlier.IsOf(asked.Request.Client, run.Lane))
                    .All(earlier => earlier.Missing.IsSubsetOf(begun)));
        }
    }

    /// <summary>What failed is tried before anything else of its lane: once as it was, then alone.</summary>
    private void CheckRetry(EmbeddingRun run, List<TokenizedText> waiting)
    {
        Assert.All(run.Texts, text => Assert.Equal(run.Attempt - 1, _failed.GetValueOrDefault(text.Hash).Times));
        if (run.Attempt == 1)
        {
            Assert.DoesNotContain(waiting, text => _failed.ContainsKey(text.Hash) && Mates(text).Exists(mate => LaneOf(mate) == EmbeddingLane.Query) == (run.Lane == EmbeddingLane.Query));
        }
        else
        {
            Assert.Equal(run.Attempt == 2 ? Mates(run.Texts[0]).Count : 1, run.Texts.Count);
            Assert.Single(run.Texts.Select(text => _failed[text.Hash].Run).Distinct());
        }

        List<TokenizedText> Mates(TokenizedText text) =>
            _failed[text.Hash].Times > 1 ? [text] : [.. waiting.Where(mate => _failed.TryGetValue(mate.Hash, out var failed) && failed == _failed[text.Hash])];
    }

    private void CheckTimes(Asked asked, FinishedRequest request)
    {
        Assert.Equal((asked.Request.Lane, asked.Request.Texts.Count), (request.Lane, request.Texts));
        Assert.Equal(asked.At < _runBegan ? _runBegan - asked.At : TimeSpan.Zero, request.QueueTime);
        Assert.Equal(Now - asked.At, request.TotalTime);
    }

    /// <summary>What is true after every step.</summary>
    private void Check()
    {
        List<TokenizedText> queries = WaitingIn(EmbeddingLane.Query);
        List<TokenizedText> ingest = WaitingIn(EmbeddingLane.Ingest);
        Assert.Equal((queries.Count, queries.Sum(Tokens)), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
        Assert.Equal((ingest.Count, ingest.Sum(Tokens)), (_queue.Count(EmbeddingLane.Ingest), _queue.QueuedTokens(EmbeddingLane.Ingest)));
        Assert.Equal(_open.Count == 0, _queue.IsEmpty);
        Assert.All(_open, asked => Assert.True(_queue.Contains(asked.Id)));

        // A text that nobody wants any longer is forgotten, and with it its failures.
        foreach (TextHash hash in _failed.Keys.Where(hash => !IsHere(hash)).ToList())
        {
            _failed.Remove(hash);
        }

        foreach (EmbeddingLane lane in Enum.GetValues<EmbeddingLane>())
        {
            _shares[lane].Wait(_open.Where(asked => asked.Request.Lane == lane && Waiting(asked).Any()).Select(asked => asked.Request.Client));
        }
    }

    private void Answered(Guid id)
    {
        Assert.True(_answered.Add(id), "answered twice");
        Assert.Equal(1, _open.RemoveAll(asked => asked.Id == id));
        Assert.False(_queue.Contains(id));
    }

    private bool IsRunning(TextHash hash) => Run?.Texts.Any(text => text.Hash == hash) == true;

    private bool IsHere(TokenizedText text) => IsHere(text.Hash);

    private bool IsHere(TextHash hash) => IsRunning(hash) || _open.Exists(asked => asked.Missing.Contains(hash));

    private IEnumerable<TokenizedText> Waiting(Asked asked) =>
        asked.Texts.Where(text => asked.Missing.Contains(text.Hash) && !IsRunning(text.Hash));

    private EmbeddingLane LaneOf(TokenizedText text) => _open.Where(asked => asked.Missing.Contains(text.Hash)).Min(asked => asked.Request.Lane);

    /// <summary>What a query wants too is not in the ingest lane.</summary>
    private List<TokenizedText> WaitingIn(EmbeddingLane lane)
    {
        HashSet<TextHash> elsewhere = [.. _open.Where(asked => asked.Request.Lane < lane).SelectMany(asked => asked.Missing)];
        return [.. _open.Where(asked => asked.Request.Lane == lane).SelectMany(Waiting).DistinctBy(text => text.Hash).Where(text => !elsewhere.Contains(text.Hash))];
    }

    private sealed class Asked(EmbeddingRequest request, DateTimeOffset at)
    {
        public EmbeddingRequest Request { get; } = request;

        public Guid Id => Request.Id;

        public DateTimeOffset At { get; } = at;

        public List<TokenizedText> Texts { get; } = [.. request.Texts.DistinctBy(text => text.Hash)];

        public HashSet<TextHash> Missing { get; } = [.. request.Texts.Select(text => text.Hash)];

        public bool IsOf(ClientId client, EmbeddingLane lane) => Request.Client == client && Request.Lane == lane;
    }
}
