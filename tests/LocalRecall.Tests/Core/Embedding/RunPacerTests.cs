using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class RunPacerTests
{
    private static readonly EmbeddingLimits Limits = EmbeddingLimits.Default;

    private readonly RunPacer _pacer = new(Limits);

    /// <summary>Runs of all sizes on a machine that computes so many tokens a millisecond.</summary>
    private void Work(double tokensPerMs, int runs = 60)
    {
        for (int i = 0; i < runs; i++)
        {
            int tokens = 10 + (i * 37 % 200);
            _pacer.Learn(tokens, TimeSpan.FromMilliseconds((tokens + RunPacer.OverheadTokens) / tokensPerMs));
        }
    }

    [Fact]
    public void Until_something_is_known_runs_may_be_as_large_as_configured() => Assert.Equal(Limits.MaxRunTokens, _pacer.MaxRunTokens);

    [Fact]
    public void On_a_slow_machine_a_run_is_as_large_as_the_target_allows()
    {
        Work(tokensPerMs: 3);

        Assert.Equal((50 * 3) - RunPacer.OverheadTokens, _pacer.MaxRunTokens);
    }

    [Fact]
    public void However_fast_the_machine_a_run_is_no_larger_than_configured()
    {
        Work(tokensPerMs: 100);

        Assert.Equal(Limits.MaxRunTokens, _pacer.MaxRunTokens);
    }

    [Fact]
    public void However_slow_the_machine_every_short_text_fits_a_run()
    {
        Work(tokensPerMs: 0.1);

        Assert.Equal(Limits.AloneTokens, _pacer.MaxRunTokens);
    }

    [Fact]
    public void A_machine_that_becomes_faster_is_noticed()
    {
        Work(tokensPerMs: 1.5);
        Work(tokensPerMs: 4);

        Assert.Equal((50 * 4) - RunPacer.OverheadTokens, _pacer.MaxRunTokens);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(0.001)]
    public void A_single_outlier_moves_the_cap_by_a_fifth_at_most(double runTimeMs)
    {
        Work(tokensPerMs: 3);

        _pacer.Learn(100, TimeSpan.FromMilliseconds(runTimeMs));

        Assert.InRange(_pacer.MaxRunTokens, 144 * 0.8, 144 * 1.2);
    }

    [Fact]
    public void A_run_that_was_not_measured_teaches_nothing()
    {
        Work(tokensPerMs: 3);
        int before = _pacer.MaxRunTokens;

        _pacer.Learn(100, TimeSpan.Zero);

        Assert.Equal(before, _pacer.MaxRunTokens);
    }

    [Fact]
    public void The_time_a_queue_takes_follows_from_the_speed()
    {
        Work(tokensPerMs: 2);

        Assert.InRange(_pacer.TimeFor(10_000).TotalSeconds, 4.999, 5.001);
    }
}
