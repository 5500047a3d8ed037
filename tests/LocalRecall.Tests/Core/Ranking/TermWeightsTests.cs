using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class TermWeightsTests
{
    [Fact]
    public void The_rarer_a_term_the_more_it_says()
    {
        var weights = new TermWeights([new("common", 40_000), new("rare", 3), new("unknown", 0)], [], 100_000);
        Assert.True(weights["unknown"] >= weights["rare"]);
        Assert.True(weights["rare"] > 5 * weights["common"]);
        Assert.InRange(weights.ShareOf(["common"]), 0.01, 0.1);
        Assert.Equal(1, weights.ShareOf(["unknown", "rare", "common", "something else"]), 9);
    }

    [Fact]
    public void In_a_young_store_no_word_is_common()
    {
        var weights = new TermWeights([new("everywhere", 8), new("once", 1)], [], 8);
        Assert.InRange(weights.ShareOf(["everywhere"]), 0.45, 0.5);
    }

    [Fact]
    public void Names_are_weighed_apart()
    {
        var weights = new TermWeights([new("leak", 5), new("zebra", 5), new("giraffe", 5)], ["zebra", "giraffe"], 100);
        Assert.Equal(0.5, weights.NameShareOf(["leak", "zebra"]), 9);
    }

    [Fact]
    public void What_is_not_asked_for_speaks_neither_for_nor_against()
    {
        Assert.Equal(0.5, new TermWeights([], [], 100).ShareOf([]));
        Assert.Equal(0.5, new TermWeights([new("leak", 1)], [], 100).NameShareOf(["leak"]));
    }

    [Fact]
    public void Phrases_do_not_count()
    {
        var weights = new TermWeights([new("memory leak", 1), new("leak", 1)], [], 100);
        Assert.Equal(["leak"], weights.Terms);
        Assert.Equal(0, weights.ShareOf(["memory leak"]));
    }
}
