using LocalRecall.Evaluation.Measures;
using Xunit;

namespace LocalRecall.Tests.Evaluation;

public sealed class BootstrapTests
{
    private static readonly double[] Half = [.. Enumerable.Range(0, 400).Select(i => i % 2.0)];

    // A mean of 400 zeros and ones has a standard error of 0.025, so the interval is about 0.5 ± 0.049.
    [Fact]
    public void The_interval_of_a_mean_is_about_two_standard_errors_to_each_side()
    {
        Estimate estimate = Bootstrap.Mean(Half);

        Assert.Equal(0.5, estimate.Value);
        Assert.InRange(estimate.Low, 0.44, 0.46);
        Assert.InRange(estimate.High, 0.54, 0.56);
    }

    [Fact]
    public void A_difference_is_paired_by_question() =>
        Assert.Equal(new Estimate(0.25, 0.25, 0.25), Bootstrap.Difference([.. Half.Select(value => value + 0.25)], Half));

    [Fact]
    public void The_same_numbers_give_the_same_interval() => Assert.Equal(Bootstrap.Mean(Half), Bootstrap.Mean(Half));

    [Fact]
    public void What_is_perfect_has_no_spread()
    {
        Assert.Equal(new Estimate(1, 1, 1), Bootstrap.Auroc([0.8, 0.9], [0.1, 0.2]));
        Estimate spearman = Bootstrap.Spearman([.. Enumerable.Range(0, 50)], [.. Enumerable.Range(0, 50)]);
        Assert.Equal(1, spearman.Low, 12);
    }
}
