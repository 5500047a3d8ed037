using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>A child and how often it was restarted in the current window.</summary>
public class ChildRestartStats(
    IInternalActorRef child, uint maxNrOfRetriesCount = 0, long restartTimeWindowStartTicks = 0)
{
    public IInternalActorRef Child { get; } = child;

    public long Uid => Child.Path.Uid;

    public uint MaxNrOfRetriesCount { get; private set; } = maxNrOfRetriesCount;

    public long RestartTimeWindowStartTicks { get; private set; } = restartTimeWindowStartTicks;

    /// <summary>
    /// Counts one more restart and says whether it is allowed. A negative number means no limit, a window of 0 or less
    /// means for ever; a window without a number allows one restart in it.
    /// </summary>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0)
            return false;
        var windowed = withinTimeMilliseconds > 0;
        if (maxNrOfRetries < 0 && !windowed)
            return true;
        if (!windowed)
            return ++MaxNrOfRetriesCount <= maxNrOfRetries;

        var limit = maxNrOfRetries > 0 ? maxNrOfRetries : 1;
        var nowTicks = MonotonicClock.Elapsed.Ticks;
        if (RestartTimeWindowStartTicks == 0)
            RestartTimeWindowStartTicks = nowTicks;
        if (nowTicks - RestartTimeWindowStartTicks <= TimeSpan.FromMilliseconds(withinTimeMilliseconds).Ticks)
            return ++MaxNrOfRetriesCount <= limit;
        MaxNrOfRetriesCount = 1;
        RestartTimeWindowStartTicks = nowTicks;
        return true;
    }
}
