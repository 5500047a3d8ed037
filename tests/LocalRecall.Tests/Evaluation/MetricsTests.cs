using LocalRecall.Evaluation.Measures;
using Xunit;

namespace LocalRecall.Tests.Evaluation;

/// <summary>Expected values are worked out by hand.</summary>
public sealed class MetricsTests
{
    private static readonly string[] Ranked = ["a", "b", "c", "d"];

    private static readonly Dictionary<string, double> Relevant = new() { ["b"] = 1, ["d"] = 2, ["elsewhere"] = 3 };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void Any_hit_is_whether_one_is_among_the_first(int first, double expected) => Assert.Equal(expected, Metrics.AnyHit(Ranked, Relevant, first));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1 / 3.0)]
    [InlineData(10, 2 / 3.0)]
    public void Recall_all_is_the_share_of_all_that_is_among_the_first(int first, double expected) => Assert.Equal(expected, Metrics.RecallAll(Ranked, Relevant, first));

    [Fact]
    public void Reciprocal_rank_is_of_the_first_relevant_place()
    {
        Assert.Equal(0.5, Metrics.ReciprocalRank(Ranked, Relevant));
        Assert.Equal(0, Metrics.ReciprocalRank(["a"], Relevant));
        Assert.Equal(0, Metrics.ReciprocalRank([], Relevant));
    }

    [Fact]
    public void Ndcg_discounts_grades_against_the_best_order()
    {
        double best = 3 + 2 / Math.Log2(3) + 1 / Math.Log2(4);

        Assert.Equal((1 / Math.Log2(3) + 2 / Math.Log2(5)) / best, Metrics.Ndcg(Ranked, Relevant, 10), 12);
        Assert.Equal(1 / Math.Log2(3) / (3 + 2 / Math.Log2(3)), Metrics.Ndcg(Ranked, Relevant, 2), 12);
        Assert.Equal(1, Metrics.Ndcg(["elsewhere", "d", "b"], Relevant, 10), 12);
    }

    [Fact]
    public void Spearman_compares_ranks_only()
    {
        Assert.Equal(1, Metrics.Spearman([1, 2, 3], [1, 10, 1000]), 12);
        Assert.Equal(-1, Metrics.Spearman([1, 2, 3], [3, 2, 1]), 12);
    }

    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
    [Fact]
    public void Spearman_gives_equal_values_the_mean_of_their_ranks() =>
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), Metrics.Spearman([1, 2, 2, 3], [1, 2, 3, 4]), 12);

    // Of the six pairs, 0.9 and 0.5 beat 0.1; 0.9 beats 0.5, which ties with 0.5; 0.2 beats 0.1 only: 4.5 in all.
    [Fact]
    public void Auroc_counts_pairs_and_ties_half() => Assert.Equal(4.5 / 6, Metrics.Auroc([0.9, 0.5, 0.2], [0.1, 0.5]), 12);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(0.75, 0.6)]
    [InlineData(0.7, 0.6)]
    [InlineData(0.5, 0.7)]
    public void A_floor_keeps_at_least_that_share(double share, double expected) => Assert.Equal(expected, Metrics.FloorThatKeeps(share, [0.8, 0.5, 0.7, 0.6]));

    [Fact]
    public void A_value_at_the_limit_reaches_it() => Assert.Equal(0.5, Metrics.ShareFrom(0.7, [0.8, 0.5, 0.7, 0.6]));
}
