namespace LocalRecall.Core.Embedding;

/// <summary>Half, nineteen of twenty, and ninety-nine of a hundred took no longer. All zero when there were none.</summary>
public sealed record Quantiles(int Count, TimeSpan P50, TimeSpan P95, TimeSpan P99)
{
    public static Quantiles None { get; } = new(0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>How long things took in the last minute, the latest thousand of them at most.</summary>
public sealed class RecentTimes
{
    public const int Capacity = 1024;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly (DateTimeOffset At, TimeSpan Took)[] _ring = new (DateTimeOffset, TimeSpan)[Capacity];
    private long _added;

    public void Add(DateTimeOffset now, TimeSpan took) => _ring[_added++ % Capacity] = (now, took);

    /// <summary>Nearest rank: each of them is a time that was measured.</summary>
    public Quantiles Quantiles(DateTimeOffset now)
    {
        TimeSpan[] sorted = [.. _ring.Take((int)Math.Min(_added, Capacity)).Where(t => now - t.At <= Window).Select(t => t.Took).Order()];
        return sorted.Length == 0 ? Embedding.Quantiles.None : new Quantiles(sorted.Length, At(50), At(95), At(99));

        TimeSpan At(int percent) => sorted[(((sorted.Length * percent) + 99) / 100) - 1];
    }
}
