using Akka.Actor;

namespace LocalRecall.Actors.Gateway;

/// <summary>The actors' clock, for who asks them by <see cref="LocalClient"/>.</summary>
internal sealed class SchedulerTime(IScheduler scheduler) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => scheduler.Now;
}
