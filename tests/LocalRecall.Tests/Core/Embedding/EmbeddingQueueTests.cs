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

    private static TokenizedText Text(int number, int tokens = 10, string model = "m") => new(model, new TextHash(0, (UInt128)number), new int[tokens]);

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
    public void What_is_known_is_not_queued_and_comes_back_in_its_place()
    {
        TokenizedText[] texts = [Text(1), Text(2), Text(3), Text(2)];
        EmbeddingRequest request = Request(EmbeddingLane.Query, "a", texts) with { Known = new Dictionary<TextHash, float[]> { [texts[1].Hash] = [22] } };
        Assert.True(_queue.TryAdd(request, Now, out _));
        Assert.Equal(2, _queue.Count(EmbeddingLane.Query));

        EmbeddingRun run = _queue.NextRun(Now)!;

        Assert.Equal([texts[0], texts[2]], run.Texts);
        Assert.Equal([[1f], [22f], [3f], [22f]], Assert.Single(Complete(run)).Vectors);
        Assert.True(_queue.IsEmpty);
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

    [Fact]
    public void A_failed_batch_is_tried_once_more_as_it_was_then_text_by_text()
    {
        TokenizedText[] texts = [Text(1), Text(2), Text(3)];
        Add(EmbeddingLane.Query, texts);
        Assert.Equal(texts, _queue.NextRun(Now)!.Texts);
        _queue.Fail("broken", Now);
        Add(EmbeddingLane.Query, Text(4)); // does not join them
        Assert.Equal(texts, _queue.NextRun(Now)!.Texts);
        _queue.Fail("broken", Now);

        Assert.Equal([texts[0]], Next());
        Assert.Equal([texts[1]], Next());
        Assert.Equal([texts[2]], Next());
        Assert.Equal([Text(4).Hash], Next().Select(text => text.Hash));
    }

    [Fact]
    public void A_lone_text_that_fails_twice_is_poisonous_and_explains_the_failures()
    {
        Guid bad = Add(EmbeddingLane.Query, Text(1));
        _queue.NextRun(Now);
        FailedRun first = _queue.Fail("broken", Now);
        _queue.NextRun(Now);
        FailedRun second = _queue.Fail("broken again", Now);

        Assert.Empty(first.Finished);
        Assert.False(first.Explained);
        Assert.Equal((bad, "broken again"), (Assert.Single(second.Finished).RequestId, second.Finished[0].Failure));
        Assert.True(second.Explained);
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void When_every_text_fails_they_explain_nothing()
    {
        List<bool> explained = [];
        for (int i = 1; i <= 3; i++)
        {
            Add(EmbeddingLane.Query, Text(i));
            _queue.NextRun(Now);
            _queue.Fail("no session", Now);
            _queue.NextRun(Now);
            explained.Add(_queue.Fail("no session", Now).Explained);
        }

        Assert.Equal([true, false, false], explained);
    }

    [Fact]
    public void A_removed_request_takes_along_the_work_only_it_wanted()
    {
        Guid leaving = Add(EmbeddingLane.Query, Text(1), Text(2));
        Guid staying = Add(EmbeddingLane.Ingest, Text(2), Text(3));

        Assert.True(_queue.Remove(leaving));
        Assert.False(_queue.Remove(leaving));

        Assert.False(_queue.Contains(leaving));
        Assert.Equal((0, 2), (_queue.Count(EmbeddingLane.Query), _queue.Count(EmbeddingLane.Ingest)));
        Assert.Equal(staying, Assert.Single(Run()).RequestId);
    }

    [Fact]
    public void A_request_removed_while_its_text_runs_is_not_answered_and_its_text_not_tried_again()
    {
        Guid leaving = Add(EmbeddingLane.Query, Text(1));
        _queue.NextRun(Now);
        _queue.Remove(leaving);

        Assert.Empty(_queue.Fail("broken", Now).Finished);
        Assert.Null(_queue.NextRun(Now));
    }

    [Fact]
    public void A_text_joins_a_run_only_if_the_padding_costs_less_than_a_run()
    {
        Add(EmbeddingLane.Query, Text(1, 8), Text(2, 10), Text(3, 11), Text(4, 30));

        Assert.Equal([8, 10, 11], Next().Select(text => text.TokenIds.Length));
        Assert.Equal([30], Next().Select(text => text.TokenIds.Length));
    }

    [Fact]
    public void Runs_become_smaller_when_the_machine_is_slow()
    {
        for (int i = 0; i < 50; i++)
        {
            Add(EmbeddingLane.Ingest, Text(1, 60));
            _queue.NextRun(Now);
            _queue.Complete([[1f]], TimeSpan.FromMilliseconds(33), Now);
        }

        Assert.Equal(94, _queue.MaxRunTokens);
        Add(EmbeddingLane.Ingest, [.. Enumerable.Range(1, 20).Select(i => Text(i, 10))]);
        Assert.Equal(9, _queue.NextRun(Now)!.Texts.Count);
    }

    [Fact]
    public void A_finished_request_says_how_long_it_waited_and_how_long_it_took()
    {
        Add(EmbeddingLane.Query, Text(1), Text(2));
        EmbeddingRun run = _queue.NextRun(Now.AddMilliseconds(30))!;

        FinishedRequest finished = Assert.Single(_queue.Complete([.. run.Texts.Select(Vector)], TimeSpan.Zero, Now.AddMilliseconds(70)));

        Assert.Equal((EmbeddingLane.Query, 2), (finished.Lane, finished.Texts));
        Assert.Equal((30, 70), (finished.QueueTime.TotalMilliseconds, finished.TotalTime.TotalMilliseconds));
    }

    [Fact]
    public void When_the_model_is_gone_everything_is_dropped()
    {
        Guid[] all = [Add(EmbeddingLane.Query, Text(1)), Add(EmbeddingLane.Ingest, Text(2)), Add(EmbeddingLane.Query, Text(3, 100))];
        _queue.NextRun(Now);

        Assert.Equal(all.Order(), _queue.DropAll().Order());
        Assert.True(_queue.IsEmpty);
        Assert.Null(_queue.NextRun(Now));
        Assert.Throws<InvalidOperationException>(() => _queue.Fail("late", Now));
    }

    [Fact]
    public void A_run_is_of_one_model_and_the_same_text_for_two_models_is_computed_for_each()
    {
        Add(EmbeddingLane.Ingest, Text(1), Text(2));
        Add(EmbeddingLane.Ingest, Text(1, model: "other"), Text(3, model: "other"));

        EmbeddingRun first = _queue.NextRun(Now)!;
        Complete(first);
        EmbeddingRun second = _queue.NextRun(Now)!;

        Assert.Equal(["m", "m"], first.Texts.Select(text => text.ModelId));
        Assert.Equal(["other", "other"], second.Texts.Select(text => text.ModelId));
    }

    [Fact]
    public void The_requests_of_one_model_can_be_dropped_in_the_middle_of_their_run()
    {
        Guid ours = Add(EmbeddingLane.Ingest, Text(1));
        Guid theirs = Add(EmbeddingLane.Query, Text(1, model: "other"), Text(2, model: "other"));
        Assert.Equal("other", _queue.NextRun(Now)!.ModelId);

        Assert.Equal([theirs], _queue.DropModel("other"));
        Assert.Empty(_queue.Fail("it does not load", Now).Finished);

        Assert.Equal([ours], Run().Select(finished => finished.RequestId));
        Assert.True(_queue.IsEmpty);
    }
}
