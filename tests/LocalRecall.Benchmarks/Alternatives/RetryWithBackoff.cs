using LocalRecall.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>As <see cref="FileLock"/>, but nobody queues for the lock: who does not get it sleeps for a random time that grows, and tries again.</summary>
internal sealed class RetryWithBackoff(Surroundings here) : Alternative
{
    private const double FirstMs = 50;
    private const double LongestMs = 2000;

    public override void Use(Action<IEmbedder> work)
    {
        using SafeFileHandle held = Take();
        using IEmbedder embedder = here.Open();
        work(embedder);
    }

    private SafeFileHandle Take()
    {
        for (double longestMs = FirstMs; ; longestMs = Math.Min(longestMs * 2, LongestMs))
        {
            if (LockFile.TryTake(here.Folder) is { } held)
                return held;
            Thread.Sleep((int)(longestMs * (0.5 + Random.Shared.NextDouble() / 2)));
        }
    }
}
