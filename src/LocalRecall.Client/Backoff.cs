namespace LocalRecall.Client;

/// <summary>Delays that double up to a limit, each shortened at random by up to half, so that many clients do not come back at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan limit)
{
    private TimeSpan next = first;

    public TimeSpan Next()
    {
        TimeSpan delay = next * (1 - (Random.Shared.NextDouble() / 2));
        next = next * 2 < limit ? next * 2 : limit;
        return delay;
    }
}
