namespace LocalRecall.Core.Injection;

/// <summary>Which hits are worth putting before an agent that has not asked: it is better to say nothing than something beside the point.</summary>
public static class Relevance
{
    /// <summary>What is so much farther away than the nearest is there by the way only.</summary>
    public const float MaxBehindBest = 0.15f;

    /// <summary>Keeps the order. A hit whose cosine is not known was found by single words alone, which says little.</summary>
    public static IReadOnlyList<T> Choose<T>(IReadOnlyList<T> ranked, Func<T, float?> cosineOf, float floor)
    {
        float least = Math.Max(floor, ranked.Max(cosineOf) - MaxBehindBest ?? floor);
        return [.. ranked.Where(hit => cosineOf(hit) >= least)];
    }
}
