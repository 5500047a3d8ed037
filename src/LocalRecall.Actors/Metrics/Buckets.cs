using System.Diagnostics.Metrics;

namespace LocalRecall.Actors.Metrics;

/// <summary>Advice to exporters: boundaries where this host's numbers lie.</summary>
internal static class Buckets
{
    public static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    public static InstrumentAdvice<int> Texts { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64] };

    public static InstrumentAdvice<int> Tokens { get; } = new() { HistogramBucketBoundaries = [8, 16, 32, 64, 128, 256, 512, 1024] };
}
