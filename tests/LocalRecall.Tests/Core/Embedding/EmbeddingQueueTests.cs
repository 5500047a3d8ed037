using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class EmbeddingQueueTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Later = Now.AddMinutes(1);
    private static readonly EmbeddingLimits Limits = EmbeddingLimits.Default;

    private readonly EmbeddingQueue _queue = new(Limits);

    private static TokenizedText Text(int number, int tokens = 10) => new(new TextHash(0, (UInt128)number), new int[tokens]);

    private static float[] Vector(TokenizedText text) => [(float)text.Hash.Low];

    private static EmbeddingRequest Request(EmbeddingLane lane, string client, params TokenizedText[] texts) =>
        new(Guid.NewGuid(), new ClientId(client), lane, texts, Later);

    private Guid Add(EmbeddingLane lane, params TokenizedText[] texts) => AddFrom("a", lane, texts);

    private Guid AddFrom(string client, EmbeddingLane lane, params TokenizedText[] texts)
    {
        EmbeddingRequest request = Request(lane, client, texts);
        Assert.True(_queue.TryAdd(request, Now, out _));
        return request.Id;
    }

    private IReadOnlyList<FinishedRequest> Run(DateTimeOffset? now = null) => Complete(_queue.NextRun(now ?? Now)!);

    /// <summary>The next run's texts; the run succeeds.</summary>
    private IReadOnlyList<TokenizedText> Next()
    {
        EmbeddingRun run = _queue.NextRun(Now)!;
        Complete(run);
        return run.Texts;
    }

    private IReadOnlyList<FinishedRequest> Complete(EmbeddingRun run) => _queue.Complete([.. run.Texts.Select(Vector)], TimeSpan.Zero, Now);

    [Fact]
    public void Queries_overtake_ingest()
    {
        Add(EmbeddingLane.Ingest, Text(1));
        Guid query = Add(EmbeddingLane.Query, Text(2));

        Assert.Equal(query, Assert.Single(Run()).RequestId);
    }

    [Fact]
    public void Ingest_that_has_aged_gets_one_run_before_the_queries()
    {
        Guid ingest = Add(EmbeddingLane.Ingest, Text(1, 100), Text(2, 100));
        Guid first = Add(EmbeddingLane.Query, Text(3));
        DateTimeOffset aged = Now + Limits.IngestAge;

        Assert.Empty(Run(aged));
        Assert.Equal(first, Assert.Single(Run(aged)).RequestId);
        Assert.Equal(ingest, Assert.Single(Run(aged)).RequestId);
    }

    [Fact]
    public void A_lane_is_served_in_arrival_order()
    {
        Guid[] ids = [.. Enumerable.Range(0, 5).Select(i => Add(EmbeddingLane.Query, Text(i, 100)))];

        Assert.Equal(ids, Enumerable.Range(0, 5).Select(_ => Assert.Single(Run()).RequestId));
    }

    [Fact]
    public void A_long_text_runs_alone()
    {
        TokenizedText[] texts = [Text(1, Limits.AloneTokens), Text(2, Limits.AloneTokens), Text(3, Limits.AloneTokens - 1)];
        Add(EmbeddingLane.Ingest, texts);

        Assert.Equal([texts[2]], Next());
        Assert.Equal([texts[0]], Next());
        Assert.Equal([texts[1]], Next());
    }

    [Fact]
    public void A_run_stays_below_the_padded_token_limit()
    {
        Add(EmbeddingLane.Ingest, [.. Enumerable.Range(1, 100).Select(i => Text(i, 10 + (i % 50)))]);

        while (_queue.NextRun(Now) is { } run)
        {
            Assert.True(run.Texts.Count * run.Texts.Max(t => t.TokenIds.Length) <= Limits.MaxRunTokens);
            Complete(run);
        }

        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Short_texts_of_several_requests_share_a_run()
    {
        Add(EmbeddingLane.Query, Text(1));
        Add(EmbeddingLane.Query, Text(2));

        Assert.Equal(2, Run().Count);
    }

    [Fact]
    public void A_text_that_several_requests_want_is_computed_once()
    {
        Guid waiting = Add(EmbeddingLane.Query, Text(1));
        EmbeddingRun run = _queue.NextRun(Now)!;
        Guid joinedWhileRunning = Add(EmbeddingLane.Query, Text(1), Text(1));

        IReadOnlyList<FinishedRequest> finished = Complete(run);

        Assert.Equal([waiting, joinedWhileRunning], finished.Select(f => f.RequestId));
        Assert.Equal(2, finished[1].Vectors!.Count);
        Assert.Null(_queue.NextRun(Now));
    }

    [Fact]
    public void A_query_pulls_the_same_text_out_of_the_ingest_lane()
    {
        Add(EmbeddingLane.Ingest, Text(1, 100), Text(2, 100));
        Guid query = Add(EmbeddingLane.Query, Text(2, 100));

        Assert.Equal(query, Assert.Single(Run()).RequestId);
    }

    [Fact]
    public void Vectors_come_in_the_order_of_the_request()
    {
        Add(EmbeddingLane.Ingest, Text(3, 100), Text(1), Text(2, 30));
        List<FinishedRequest> finished = [];
        while (finished.Count == 0)
        {
            finished.AddRange(Run());
        }

        Assert.Equal([3f, 1f, 2f], Assert.Single(finished).Vectors!.Select(v => v[0]));
    }

    [Fact]
    public void Expired_requests_are_dropped_with_the_work_only_they_wanted()
    {
        EmbeddingRequest expiring = Request(EmbeddingLane.Query, "a", Text(1), Text(2)) with { Deadline = Now.AddSeconds(1) };
        _queue.TryAdd(expiring, Now, out _);
        Guid staying = Add(EmbeddingLane.Query, Text(2));

        Assert.Empty(_queue.DropExpired(Now));
        Assert.Equal([expiring.Id], _queue.DropExpired(Now.AddSeconds(1)));
        Assert.Equal(1, _queue.Count(EmbeddingLane.Query));
        Assert.Equal(staying, Assert.Single(Run()).RequestId);
    }

    [Fact]
    public void Past_the_limit_requests_are_turned_away_and_later_taken_again()
    {
        var queue = new EmbeddingQueue(Limits with { MaxQueuedTexts = 2 });
        Assert.True(queue.TryAdd(Request(EmbeddingLane.Query, "a", Text(1), Text(2)), Now, out _));
        Assert.False(queue.TryAdd(Request(EmbeddingLane.Query, "b", Text(3)), Now, out _));

        queue.Complete([.. queue.NextRun(Now)!.Texts.Select(Vector)], TimeSpan.Zero, Now);

        Assert.True(queue.TryAdd(Request(EmbeddingLane.Query, "b", Text(3)), Now, out _));
    }

    [Fact]
    public void Tokens_are_counted_exactly_through_runs_failures_and_expiry()
    {
        Add(EmbeddingLane.Query, Text(1), Text(2, 12));
        Assert.Equal((2, 22), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
        _queue.NextRun(Now);
        Assert.Equal((0, 0), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
        _queue.Fail("broken", Now);
        Assert.Equal((2, 22), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
        _queue.DropExpired(Later);
        Assert.Equal((0, 0), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
    }

    [Fact]
    public void A_bad_text_fails_its_own_request_and_no_other()
    {
        TokenizedText poison = Text(2);
        Guid good = Add(EmbeddingLane.Query, Text(1));
        Guid bad = Add(EmbeddingLane.Query, poison, Text(4));
        Guid alsoGood = Add(EmbeddingLane.Query, Text(3));
        Dictionary<Guid, FinishedRequest> finished = [];

        while (_queue.NextRun(Now) is { } run)
        {
            IReadOnlyList<FinishedRequest> done = run.Texts.Contains(poison)
                ? _queue.Fail("poison", Now).Finished
                : Complete(run);
            foreach (FinishedRequest request in done)
            {
                finished.Add(request.RequestId, request);
            }
        }

        Assert.Equal("poison", finished[bad].Failure);
        Assert.NotNull(finished[good].Vectors);
        Assert.NotNull(finished[alsoGood].Vectors);
        Assert.True(_queue.IsEmpty);
    }
}
