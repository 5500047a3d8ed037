using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class ExactnessTests
{
    private static readonly RankingOptions Options = new(KeywordWeight: 0.4, ExactShare: 0.5, ExactKeywordWeight: 0.8, SimilarWeight: 0, NeighbourWeight: 0.5, NeighbourTime: TimeSpan.FromMinutes(1));

    /// <summary>Four terms that weigh the same; chunk 1 is near in meaning and holds none, chunk 2 holds some.</summary>
    private static Findings Findings(params string[] held) => new(
        KeywordQuery.Empty, new Dictionary<long, float> { [1] = 0.9f, [2] = 0.4f }, default,
        new KeywordMatches([new KeywordHit(2, 5, held)], [new("a", 3), new("b", 3), new("c", 3), new("d", 3), new("a b", 3)]),
        [.. new long[] { 1, 2 }.Select(id => new ChunkDescription(id, id, 0, 1, new ChunkFacts(MemoryKind.Exchange, AppliesTo.Global, null, DateTimeOffset.UnixEpoch), ""))],
        100, DateTimeOffset.UnixEpoch);

    private static IReadOnlyList<MemoryHit> Rank(RankingOptions options, params string[] held) =>
        Ranker.Rank(Findings(held), options, new ModelInfo("m@1", 2, 256, "", "", 0, Calibration.Default)).Memories;

    [Theory]
    [InlineData(1.0, "a")]
    [InlineData(1.0, "a", "b", "a b")]
    [InlineData(0.5, "a", "b", "c")]
    [InlineData(0.0, "a", "b", "c", "d")]
    public void The_more_one_chunk_holds_the_less_is_open(double openness, params string[] held) => Assert.Equal(openness, Exactness.Openness(Findings(held), Options), 6);

    [Fact]
    public void What_holds_every_word_comes_first_and_company_says_nothing()
    {
        Assert.Equal([1, 2], Rank(Options, "a", "b").Select(m => m.Best.ChunkId));
        IReadOnlyList<MemoryHit> exact = Rank(Options, "a", "b", "c", "d");
        Assert.Equal([2, 1], exact.Select(m => m.Best.ChunkId));
        Assert.Equal(0.8, exact[0].Best.Score, 6);
        Assert.All(exact, m => Assert.Empty(m.Best.Parts.Boosts));
    }

    [Fact]
    public void Words_that_are_common_among_what_was_found_count_less()
    {
        KeywordHit[] hits = [new(1, 5, ["ann"]), new(2, 4.5, ["dog"]), new(3, 2, ["ann"]), new(4, 1, ["ann", "a dog"])];
        Findings found = Findings() with
        {
            Cosines = new Dictionary<long, float>(),
            Keywords = new KeywordMatches(hits, [new("ann", 3), new("dog", 3)]),
            Chunks = [.. hits.Select(h => new ChunkDescription(h.ChunkId, h.ChunkId, 0, 1, new ChunkFacts(MemoryKind.Exchange, AppliesTo.Global, null, DateTimeOffset.UnixEpoch), ""))],
        };
        RankingOptions options = Options with { NeighbourWeight = 0 };
        IReadOnlyList<MemoryHit> Ranked(double weight) => Ranker.Rank(found, options with { FoundTermsWeight = weight }, new ModelInfo("m@1", 2, 256, "", "", 0, Calibration.Default)).Memories;

        Assert.Equal([1, 2, 3, 4], Ranked(0).Select(m => m.Best.ChunkId));
        Assert.Equal([2, 1, 3, 4], Ranked(0.3).Select(m => m.Best.ChunkId));
        double ann = Math.Log(1 + 1.5 / 3.5), dog = Math.Log(1 + 3.5 / 1.5);
        double first = 0.7 * 4.5 / 5 + 0.3 * dog / (ann + dog), last = 0.7 * 1 / 5 + 0.3 * ann / (ann + dog);
        Assert.Equal((0.7 + 0.3 * ann / (ann + dog) - last) / (first - last), Ranked(0.3)[1].Best.Score, 6);
        Assert.Equal(4.5, Ranked(0.3)[0].Best.Parts.Bm25);
    }

    [Fact]
    public void It_can_be_switched_off() => Assert.Equal([1, 2], Rank(Options with { ExactShare = 1 }, "a", "b", "c", "d").Select(m => m.Best.ChunkId));

    [Fact]
    public void A_query_without_words_is_open() =>
        Assert.Equal(1, Exactness.Openness(Findings() with { Keywords = KeywordMatches.None }, Options));

    [Fact]
    public void The_weight_never_falls_below_the_usual_one() => Assert.Equal(0.9, Exactness.KeywordWeight(Options with { KeywordWeight = 0.9 }, 0));
}
