using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

/// <summary>Clients side by side: turns within a lane, and what is turned away.</summary>
public sealed class EmbeddingQueueFairnessTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly EmbeddingLimits Wide = EmbeddingLimits.Default with
    {
        MaxQueuedTexts = 100_000, MaxQueuedTokens = 1_000_000, MaxClientTexts = 100_000, MaxClientTokens = 1_000_000,
    };

    private EmbeddingQueue _queue = new(Wide);
    private int _texts;

    private EmbeddingRequest Request(string client, int texts, int tokens, EmbeddingLane lane = EmbeddingLane.Query) => new(
        Guid.NewGuid(),
        new ClientId(client),
        lane,
        [.. Enumerable.Range(0, texts).Select(_ => new TokenizedText("m", new TextHash(0, (UInt128)(++_texts)), new int[tokens]))],
        Now.AddDays(1));

    private TimeSpan? TryAdd(EmbeddingRequest request) => _queue.TryAdd(request, Now, out TimeSpan retryAfter) ? null : retryAfter;

    private EmbeddingRequest Add(string client, int texts, int tokens)
    {
        EmbeddingRequest request = Request(client, texts, tokens);
        Assert.Null(TryAdd(request));
        return request;
    }

    private EmbeddingRun Next()
    {
        EmbeddingRun run = _queue.NextRun(Now)!;
        _queue.Complete([.. run.Texts.Select(_ => Array.Empty<float>())], TimeSpan.Zero, Now);
        return run;
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 60)]
    [InlineData(100, 20)]
    [InlineData(100, 100)]
    public void Four_thousand_texts_of_one_client_delay_another_by_one_run(int greedyTokens, int tokens)
    {
        Add("greedy", 4_000, greedyTokens);
        for (int i = 0; i < 20; i++)
        {
            Next();
        }

        EmbeddingRequest single = Add("modest", 1, tokens);
        List<TokenizedText> two = [.. Next().Texts, .. Next().Texts];

        Assert.Contains(single.Texts[0], two);
    }

    [Fact]
    public void Clients_get_the_same_number_of_tokens_however_long_their_texts_are()
    {
        Add("a", 2_000, 10);
        EmbeddingRequest longTexts = Add("b", 200, 100);
        int ofShort = 0;
        int ofLong = 0;
        for (int i = 0; i < 60; i++)
        {
            EmbeddingRun run = Next();
            ofShort += run.Tokens - (run.Texts.Intersect(longTexts.Texts).Count() * 100);
            ofLong += run.Texts.Intersect(longTexts.Texts).Count() * 100;
        }

        Assert.InRange(ofShort - ofLong, -356, 356);
    }

    [Fact]
    public void Idleness_earns_nothing()
    {
        Add("busy", 100, 100);
        Add("idle", 1, 100);
        for (int i = 0; i < 50; i++)
        {
            Next();
        }

        EmbeddingRequest back = Add("idle", 50, 100);
        int had = Enumerable.Range(0, 20).Sum(_ => Next().Texts.Intersect(back.Texts).Count());

        Assert.InRange(had, 9, 11);
    }

    [Fact]
    public void Newcomers_without_end_do_not_starve_who_waits()
    {
        Add("first", 1, 90);
        EmbeddingRequest waiting = Add("a", 3, 100);

        for (int i = 0; i < 20; i++)
        {
            Add($"newcomer {i}", 1, 90);
            if (Next().Texts.Contains(waiting.Texts[2]))
            {
                return;
            }
        }

        Assert.Fail("never had its turn");
    }

    [Fact]
    public void One_client_past_its_limit_is_turned_away_another_is_not()
    {
        _queue = new EmbeddingQueue(Wide with { MaxClientTexts = 10 });
        Add("a", 10, 5);

        Assert.NotNull(TryAdd(Request("a", 1, 5)));
        Assert.Null(TryAdd(Request("b", 10, 5)));
        Assert.Null(TryAdd(Request("a", 1, 5, EmbeddingLane.Ingest)));
        Next();
        Assert.Null(TryAdd(Request("a", 1, 5)));
    }

    [Fact]
    public void Tokens_are_limited_like_texts_for_a_client_and_in_total()
    {
        _queue = new EmbeddingQueue(Wide with { MaxClientTokens = 100, MaxQueuedTokens = 150 });
        Add("a", 1, 90);

        Assert.NotNull(TryAdd(Request("a", 1, 11)));
        Assert.Null(TryAdd(Request("a", 1, 10)));
        Assert.NotNull(TryAdd(Request("b", 1, 51)));
        Assert.Null(TryAdd(Request("b", 1, 50)));
    }

    [Fact]
    public void Bulk_work_past_its_limit_does_not_turn_queries_away()
    {
        _queue = new EmbeddingQueue(Wide with { MaxQueuedTexts = 10 });
        Assert.Null(TryAdd(Request("a", 10, 5, EmbeddingLane.Ingest)));

        Assert.NotNull(TryAdd(Request("b", 1, 5, EmbeddingLane.Ingest)));
        Assert.Null(TryAdd(Request("b", 1, 5)));
    }

    [Fact]
    public void A_request_of_any_size_is_taken_when_nothing_waits()
    {
        _queue = new EmbeddingQueue(Wide with { MaxQueuedTexts = 5, MaxClientTexts = 2 });

        Assert.Null(TryAdd(Request("a", 50, 5)));
    }

    [Fact]
    public void A_refusal_changes_nothing_and_says_how_long_the_queue_is()
    {
        _queue = new EmbeddingQueue(Wide with { MaxQueuedTokens = 10_480 });
        Add("a", 1_048, 10); // 262 tokens in 50 ms are assumed at first
        EmbeddingRequest refused = Request("b", 1, 10);

        Assert.Equal(2, TryAdd(refused)!.Value.TotalSeconds, precision: 3);

        Assert.False(_queue.Contains(refused.Id));
        Assert.Equal((1_048, 10_480), (_queue.Count(EmbeddingLane.Query), _queue.QueuedTokens(EmbeddingLane.Query)));
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(90_000, 5_000)]
    public void The_time_to_come_back_after_is_bounded(int tokens, int expectedMs)
    {
        _queue = new EmbeddingQueue(Wide with { MaxQueuedTexts = 1 });
        Add("a", 1, tokens);

        Assert.Equal(expectedMs, TryAdd(Request("b", 1, 1))!.Value.TotalMilliseconds);
    }
}
