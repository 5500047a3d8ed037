using LocalRecall.Contracts;

namespace LocalRecall.Host;

/// <summary>One host a home: a lock held for the process's life.</summary>
internal static class HostLock
{
    /// <summary>An older host drains for some seconds; one that hangs is left alone.</summary>
    private static readonly TimeSpan SuccessorPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Null: another host holds it, or is next in line.</summary>
    /// <exception cref="IOException">The home folder can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static FileStream? TryTake(string home)
    {
        // The turn is held while the lock is taken: a successor can't be promised the place in between.
        using FileStream? turn = LockFile.TryTake(Path.Combine(home, HostProcess.SuccessionFile));
        return turn is null ? null : TakeNow(home);
    }

    /// <summary>For the host to which an older one hands over, and whose client holds the turn. Null: the older one did not end in time.</summary>
    /// <exception cref="OperationCanceledException">Asked to end meanwhile.</exception>
    public static async Task<FileStream?> TakeAfterAsync(string home, TimeProvider time, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            FileStream? taken = TakeNow(home);
            if (taken is not null || time.GetElapsedTime(start) > SuccessorPatience)
            {
                return taken;
            }

            await Task.Delay(LookAgain, time, cancellation).ConfigureAwait(false);
        }
    }

    private static FileStream? TakeNow(string home) => LockFile.TryTake(Path.Combine(home, HostProcess.LockFile));
}
