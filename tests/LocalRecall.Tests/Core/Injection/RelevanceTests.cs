using LocalRecall.Core.Injection;
using Xunit;

namespace LocalRecall.Tests.Core.Injection;

public sealed class RelevanceTests
{
    private static IReadOnlyList<float?> Choose(params float?[] cosines) => Relevance.Choose(cosines, cosine => cosine, 0.5f);

    [Fact]
    public void What_is_below_the_floor_stays_out() => Assert.Equal([0.55f, 0.5f], Choose(0.55f, 0.499f, 0.5f));

    [Fact]
    public void What_is_far_behind_the_best_stays_out_and_the_order_stays() => Assert.Equal([0.8f, 0.9f, 0.76f], Choose(0.8f, 0.9f, 0.74f, 0.76f));

    [Fact]
    public void What_only_words_have_found_stays_out() => Assert.Equal([0.6f], Choose(null, 0.6f, null));

    [Fact]
    public void Of_nothing_comes_nothing()
    {
        Assert.Empty(Choose());
        Assert.Empty(Choose(null, null));
        Assert.Empty(Choose(0.1f, float.NaN));
    }
}
