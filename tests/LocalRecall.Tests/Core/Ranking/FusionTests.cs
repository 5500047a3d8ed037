using LocalRecall.Core.Memories;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class FusionTests
{
    private const float Floor = 0.3f;

    private static IReadOnlyList<RankedChunk> Rank(FusionOptions options, params Candidate[] candidates) => Fusion.Rank(candidates, options, Floor);

    [Fact]
    public void Scores_are_the_weighted_sum_of_both_stretched()
    {
        IReadOnlyList<RankedChunk> ranked = Rank(FusionOptions.Default, new(1, 0.9f, null), new(2, 0.7f, 10), new(3, 0.5f, 5));
        Assert.Equal([2, 1, 3], ranked.Select(r => r.ChunkId));
        Assert.Equal([0.75, 0.5, 0.25], ranked.Select(r => Math.Round(r.Score, 5)));
        Assert.Equal([Matched.Vector | Matched.Keyword, Matched.Vector, Matched.Vector | Matched.Keyword], ranked.Select(r => r.Matched));
    }

    [Fact]
    public void The_weight_decides_between_the_two()
    {
        Candidate[] candidates = [new(1, 0.9f, 1), new(2, 0.4f, 9)];
        Assert.Equal([1, 2], Rank(new FusionOptions(KeywordWeight: 0.1), candidates).Select(r => r.ChunkId));
        Assert.Equal([2, 1], Rank(new FusionOptions(KeywordWeight: 0.9), candidates).Select(r => r.ChunkId));
    }

    [Fact]
    public void A_far_vector_without_a_word_is_left_out_and_with_one_is_only_a_keyword_hit()
    {
        IReadOnlyList<RankedChunk> ranked = Rank(FusionOptions.Default, new(1, 0.2f, null), new(2, 0.2f, 3), new(3, 0.3f, null), new(4, null, null));
        Assert.Equal([2, 3], ranked.Select(r => r.ChunkId).Order());
        Assert.Equal(Matched.Keyword, ranked.Single(r => r.ChunkId == 2).Matched);
    }

    [Fact]
    public void Without_the_model_words_alone_decide()
    {
        IReadOnlyList<RankedChunk> ranked = Rank(FusionOptions.Default, new(1, null, 2), new(2, null, 8), new(3, null, 4));
        Assert.Equal([2, 3, 1], ranked.Select(r => r.ChunkId));
        Assert.Equal(1, ranked[0].Score);
    }

    [Fact]
    public void One_hit_scores_full_and_none_is_an_empty_list()
    {
        Assert.Equal(1, Assert.Single(Rank(FusionOptions.Default, new Candidate(1, 0.5f, 2))).Score);
        Assert.Empty(Rank(FusionOptions.Default));
    }

    [Fact]
    public void Ranks_can_be_fused_instead()
    {
        var options = new FusionOptions(FusionMethod.ReciprocalRank);
        IReadOnlyList<RankedChunk> ranked = Rank(options, new(1, 0.9f, 1), new(2, 0.8f, 9), new(3, 0.7f, null));
        Assert.Equal(3, ranked[^1].ChunkId);
        Assert.Equal(0.5 * (1 + 61.0 / 62), ranked[0].Score, 9);
        Assert.Equal(0.5 * 61 / 63, ranked.Single(r => r.ChunkId == 3).Score, 9);
    }

    [Fact]
    public void Order_and_range_hold_for_any_candidates() => Gen.ForAll(300, gen =>
    {
        Candidate[] candidates = [.. Enumerable.Range(0, gen.Int(0, 50)).Select(i =>
            new Candidate(i, gen.Chance(0.7) ? (float)gen.Double() : null, gen.Chance(0.5) ? gen.Double() * 20 : null))];
        var options = new FusionOptions(gen.Pick([FusionMethod.WeightedMinMax, FusionMethod.ReciprocalRank]), gen.Double());
        IReadOnlyList<RankedChunk> ranked = Fusion.Rank(candidates, options, Floor);
        Assert.Equal(ranked.OrderByDescending(r => r.Score).ThenBy(r => r.ChunkId), ranked);
        Assert.All(ranked, r => Assert.InRange(r.Score, 0, 1 + 1e-9));
        Assert.Equal(candidates.Count(c => c.Cosine >= Floor || c.Bm25 is not null), ranked.Count);
    });

    [Fact]
    public void Reasons_are_words()
    {
        Assert.Equal(["vector", "keyword"], Fusion.Reasons(Matched.Vector | Matched.Keyword));
        Assert.Equal(["keyword"], Fusion.Reasons(Matched.Keyword));
        Assert.Equal(["vector"], Fusion.Reasons(Matched.Vector));
    }

    [Fact]
    public void Chunks_of_one_memory_are_one_hit()
    {
        (MemoryId a, MemoryId b) = (MemoryId.New(), MemoryId.New());
        RankedChunk[] ranked = [new(1, 0.9, 0.9f, null, Matched.Vector), new(2, 0.8, null, 3, Matched.Keyword), new(3, 0.7, null, 2, Matched.Keyword), new(4, 0.6, null, 1, Matched.Keyword)];
        IReadOnlyList<MemoryHit> hits = MemoryHits.Group(ranked, id => id == 4 ? null : id == 2 ? b : a);
        Assert.Equal([a, b], hits.Select(h => h.Id));
        Assert.Equal((0.9, Matched.Vector | Matched.Keyword), (hits[0].Score, hits[0].Matched));
        Assert.Equal([1, 3], hits[0].Chunks.Select(c => c.ChunkId));
    }
}
