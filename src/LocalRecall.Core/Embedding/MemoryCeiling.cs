namespace LocalRecall.Core.Embedding;

/// <summary>Says when the process has grown so large that the session must be opened anew; not again and again, for that may not help.</summary>
/// <param name="ceilingBytes">Resident memory; 0: no ceiling.</param>
/// <param name="pause">The least time between two times.</param>
public sealed class MemoryCeiling(long ceilingBytes, TimeSpan pause)
{
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public bool Exists => ceilingBytes > 0;

    /// <summary>True: it is over the ceiling, and time to do something about it; that time is noted.</summary>
    public bool IsExceeded(long residentBytes, DateTimeOffset now)
    {
        if (!Exists || residentBytes <= ceilingBytes || now - _last < pause)
        {
            return false;
        }

        _last = now;
        return true;
    }
}
