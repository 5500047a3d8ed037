using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class RankerTests
{
    private static readonly ModelInfo Model = new("m@1", 3, 256, "", "", ScoreFloor: 0.3f, Calibration.Default);

    /// <summary>The two scores alone, in equal parts.</summary>
    private static readonly RankingOptions Plain = new(KeywordWeight: 0.5, FoundTermsWeight: 0, ExactShare: 1, SimilarWeight: 0, NeighbourWeight: 0);

    private static RankedMemories Rank(RankingOptions options, params (long Id, float? Cosine, double? Bm25)[] chunks) =>
        Rank(options, KeywordQuery.Empty, [], id => id, chunks);

    private static RankedMemories Rank(
        RankingOptions options, KeywordQuery query, IReadOnlyList<TermCount> terms, Func<long, long> memoryOf, params (long Id, float? Cosine, double? Bm25)[] chunks) => Ranker.Rank(
        new Findings(
            query,
            chunks.Where(c => c.Cosine is not null).ToDictionary(c => c.Id, c => c.Cosine!.Value),
            new Crowd(1000, 0.1f, 0.02f),
            new KeywordMatches(
                [.. chunks.Where(c => c.Bm25 is not null).OrderByDescending(c => c.Bm25).Select(c => new KeywordHit(c.Id, c.Bm25!.Value, [.. terms.Take((int)c.Bm25).Select(t => t.Text)]))],
                terms),
            [.. chunks.Select(c => new ChunkDescription(c.Id, memoryOf(c.Id), 0, 1, new ChunkFacts(MemoryKind.Episodic, AppliesTo.Global, null, DateTimeOffset.UnixEpoch), $"memory {memoryOf(c.Id)}"))],
            100, DateTimeOffset.UnixEpoch),
        options, Model);

    private static IEnumerable<long> Ids(RankedMemories ranking) => ranking.Memories.Select(m => m.Best.ChunkId);

    [Fact]
    public void Scores_are_the_weighted_sum_of_both_stretched()
    {
        RankedMemories ranking = Rank(Plain, (1, 0.9f, null), (2, 0.7f, 10), (3, 0.5f, 5));
        Assert.Equal([2, 1, 3], Ids(ranking));
        Assert.Equal([0.75, 0.5, 0.25], ranking.Memories.Select(m => Math.Round(m.Best.Score, 5)));
        Assert.Equal([Matched.Vector | Matched.Keyword, Matched.Vector, Matched.Vector | Matched.Keyword], ranking.Memories.Select(m => m.Matched));
    }

    [Fact]
    public void The_parts_say_what_a_score_is_made_of()
    {
        HitParts parts = Rank(Plain, (1, 0.9f, null), (2, 0.7f, 10), (3, 0.5f, 5)).Memories[0].Best.Parts;
        Assert.Equal((0.7f, 2, 10.0, 1), (parts.Cosine, parts.VectorRank, parts.Bm25, parts.KeywordRank));
        Assert.Equal((0.25, 0.5, 0.75), (Math.Round(parts.VectorShare, 5), parts.KeywordShare, Math.Round(parts.Score, 5)));
        Assert.Equal(0.65, (parts with { Boosts = [new Boost("recency", -0.1)] }).Score, 5);
    }

    [Fact]
    public void The_weight_decides_between_the_two()
    {
        (long, float?, double?)[] chunks = [(1, 0.9f, 1), (2, 0.4f, 9)];
        Assert.Equal([1, 2], Ids(Rank(Plain with { KeywordWeight = 0.1 }, chunks)));
        Assert.Equal([2, 1], Ids(Rank(Plain with { KeywordWeight = 0.9 }, chunks)));
    }

    [Fact]
    public void A_far_vector_without_a_word_is_noise_and_with_one_is_only_a_keyword_hit()
    {
        RankedMemories ranking = Rank(Plain, (1, 0.2f, null), (2, 0.2f, 3), (3, 0.3f, null), (4, null, null));
        Assert.Equal([2, 3], Ids(ranking).Order());
        Assert.Equal(2, ranking.Noise);
        Assert.Equal(Matched.Keyword, ranking.Memories.Single(m => m.Best.ChunkId == 2).Matched);
    }

    [Fact]
    public void The_models_floor_can_be_replaced() => Assert.Equal([3, 1], Ids(Rank(Plain with { ScoreFloor = 0.1f }, (1, 0.2f, null), (2, 0.05f, null), (3, 0.3f, null))));

    [Fact]
    public void Without_the_model_words_alone_decide()
    {
        RankedMemories ranking = Rank(Plain, (1, null, 2), (2, null, 8), (3, null, 4));
        Assert.Equal([2, 3, 1], Ids(ranking));
        Assert.Equal(1, ranking.Memories[0].Best.Score);
    }

    [Fact]
    public void One_hit_scores_full_and_none_is_an_empty_list()
    {
        Assert.Equal(1, Assert.Single(Rank(Plain, (1, 0.5f, 2)).Memories).Best.Score);
        Assert.Empty(Rank(Plain).Memories);
    }

    [Fact]
    public void Ranks_can_be_fused_instead()
    {
        RankedMemories ranking = Rank(Plain with { Fusion = FusionMethod.ReciprocalRank }, (1, 0.9f, 1), (2, 0.8f, 9), (3, 0.7f, null));
        Assert.Equal(3, Ids(ranking).Last());
        Assert.Equal(0.5 * (1 + 61.0 / 62), ranking.Memories[0].Best.Score, 9);
        Assert.Equal(0.5 * 61 / 63, ranking.Memories[^1].Best.Score, 9);
    }

    [Fact]
    public void Order_and_range_hold_for_any_candidates() => Gen.ForAll(300, gen =>
    {
        (long Id, float? Cosine, double? Bm25)[] chunks = [.. Enumerable.Range(0, gen.Int(0, 50)).Select(i =>
            ((long)i, gen.Chance(0.7) ? (float?)gen.Double() : null, gen.Chance(0.5) ? (double?)gen.Double() * 20 : null))];
        var options = new RankingOptions(gen.Pick([FusionMethod.Weighted, FusionMethod.ReciprocalRank]), gen.Double(), NeighbourWeight: gen.Double());
        IReadOnlyList<MemoryHit> memories = Rank(options, chunks).Memories;
        Assert.Equal(memories.OrderByDescending(m => m.Best.Score).ThenBy(m => m.Best.ChunkId), memories);
        Assert.All(memories, m => Assert.InRange(m.Best.Score, 0, 1 + 1e-9));
        Assert.All(memories, m => Assert.InRange(m.Confidence, 0, 1));
        Assert.Equal(chunks.Count(c => c.Cosine >= Model.ScoreFloor || c.Bm25 is not null), memories.Count);
    });

    [Fact]
    public void Chunks_of_one_memory_are_one_hit()
    {
        IReadOnlyList<MemoryHit> memories = Rank(
            Plain, KeywordQuery.Empty, [new("a", 1), new("b", 1), new("c", 1)], id => id == 2 ? 20 : 10, (1, 0.9f, null), (2, 0.8f, 2), (3, null, 3)).Memories;

        Assert.Equal([10, 20], memories.Select(m => m.Best.Chunk.MemoryKey));
        Assert.Equal([1, 3], memories[0].Chunks.Select(c => c.ChunkId));
        Assert.Equal(Matched.Vector | Matched.Keyword, memories[0].Matched);
        Assert.Equal(["a", "b", "c"], memories[0].Terms);
    }

    [Fact]
    public void Confidence_is_judged_by_the_best_chunk()
    {
        IReadOnlyList<MemoryHit> memories = Rank(
            Plain, KeywordQuery.Parse("the leak of Zebra"), [new("leak", 10), new("zebra", 0)], id => id == 3 ? 1 : id,
            (1, 0.9f, 2), (2, 0.5f, 1), (3, 0.6f, null), (4, null, 1)).Memories;

        Assert.Equal([new Evidence(0.9f, 1, 1, 0), new Evidence(0.5f, LeakOf(10), 0, 0), new Evidence(null, LeakOf(10), 0, 0)], memories.Select(m => m.Evidence));
        Assert.Equal(memories.Select(m => Confidence.Of(m.Evidence, Model.Calibration)), memories.Select(m => m.Confidence));

        static double LeakOf(int chunks) => Math.Log(1100.0 / (chunks + 10)) / (Math.Log(1100.0 / (chunks + 10)) + Math.Log(1100.0 / 10));
    }

    [Fact]
    public void Confidence_heeds_whom_the_memories_are_about()
    {
        // The one that holds all is chunk 1, of memory 10; 20 is asked about.
        IReadOnlyList<MemoryHit> memories = Rank(
            Plain, KeywordQuery.Parse("20 leak"), [new("leak", 1), new("20", 3)], id => id == 1 ? 10 : 20, (1, 0.9f, 1), (2, 0.8f, null)).Memories;

        Assert.All(memories, m => Assert.Equal(-1, m.Evidence.SubjectLead));
    }

    [Fact]
    public void Reasons_are_words()
    {
        Assert.Equal(["vector", "keyword"], Ranker.Reasons(Matched.Vector | Matched.Keyword));
        Assert.Equal(["keyword"], Ranker.Reasons(Matched.Keyword));
        Assert.Equal(["vector"], Ranker.Reasons(Matched.Vector));
    }
}
