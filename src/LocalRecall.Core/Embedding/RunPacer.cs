namespace LocalRecall.Core.Embedding;

/// <summary>Learns from finished runs how fast this machine is, and so how large the next run may be and how long the queue is.</summary>
public sealed class RunPacer(EmbeddingLimits limits)
{
    /// <summary>
    /// What a run costs on top of its tokens, in tokens: with it 8, 16, 64 and 256 tokens (3.6, 6.1, 18.3 and 71 ms) all come to
    /// 3.6 to 3.9 tokens a millisecond; two AVX2 cores, 4-bit model.
    /// </summary>
    public const int OverheadTokens = 6;

    private const double Weight = 0.2;

    private double _secondsPerToken = limits.RunTarget.TotalSeconds / (limits.MaxRunTokens + OverheadTokens);

    /// <summary>Padded tokens that a run may have to take no longer than the target. Any text shorter than alone-tokens fits.</summary>
    public int MaxRunTokens
    {
        get
        {
            double tokens = (limits.RunTarget.TotalSeconds / _secondsPerToken) - OverheadTokens;
            return (int)Math.Round(Math.Clamp(tokens, Math.Min(limits.AloneTokens, limits.MaxRunTokens), limits.MaxRunTokens));
        }
    }

    /// <summary>One run counts for at most twice or half of what was known, so that a cold or stalled one moves the cap by a fifth.</summary>
    /// <param name="runTime">Not positive: it was not measured, nothing is learned.</param>
    public void Learn(int paddedTokens, TimeSpan runTime)
    {
        if (runTime > TimeSpan.Zero)
        {
            double seen = runTime.TotalSeconds / (paddedTokens + OverheadTokens);
            _secondsPerToken += Weight * (Math.Clamp(seen, _secondsPerToken / 2, _secondsPerToken * 2) - _secondsPerToken);
        }
    }

    public TimeSpan TimeFor(int tokens) => TimeSpan.FromSeconds(tokens * _secondsPerToken);
}
