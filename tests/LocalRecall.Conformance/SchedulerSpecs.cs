using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class SchedulerSpecs : Spec
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(400);

    [Fact]
    public void A_message_scheduled_once_comes_once_with_its_sender()
    {
        var sender = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "tick", sender.Ref);
        Sys.Scheduler.ScheduleTellOnce(Long, TestActor, "sentinel", ActorRefs.NoSender);

        ExpectMsg("tick");
        Assert.Equal(sender.Ref, LastSender);
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_message_scheduled_without_delay_comes()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "now", ActorRefs.NoSender);

        ExpectMsg("now");
    }

    [Fact]
    public void A_repeated_message_keeps_coming_until_cancelled()
    {
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.Zero, Short, TestActor, "tick", ActorRefs.NoSender);

        for (var i = 0; i < 5; i++)
            ExpectMsg("tick");
        repeated.Cancel();
        Sys.Scheduler.ScheduleTellOnce(Long, TestActor, "silence", ActorRefs.NoSender);
        FishForMessage<string>(m => m == "silence");
        Sys.Scheduler.ScheduleTellOnce(Long, TestActor, "sentinel", ActorRefs.NoSender);

        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_cancelled_message_does_not_come()
    {
        var cancelled = Sys.Scheduler.ScheduleTellOnceCancelable(Long, TestActor, "tick", ActorRefs.NoSender);
        cancelled.Cancel();
        Sys.Scheduler.ScheduleTellOnce(2 * Long, TestActor, "sentinel", ActorRefs.NoSender);

        ExpectMsg("sentinel");
        Assert.True(cancelled.IsCancellationRequested);
    }

    [Fact]
    public void Actions_run_once_and_repeatedly_until_cancelled()
    {
        var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.Advanced.ScheduleOnce(Short, () => TestActor.Tell("once", ActorRefs.NoSender));
        ExpectMsg("once");

        Sys.Scheduler.Advanced.ScheduleRepeatedly(Short, Short, () => TestActor.Tell("again", ActorRefs.NoSender), cancelable);
        ExpectMsg("again");
        ExpectMsg("again");
        cancelable.Cancel();
    }

    [Fact]
    public void The_scheduler_outlives_an_action_that_throws()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(Short, () => throw new InvalidOperationException("as told"));
        Sys.Scheduler.ScheduleTellOnce(Long, TestActor, "still here", ActorRefs.NoSender);

        ExpectMsg("still here");
    }

    [Fact]
    public void Earlier_comes_before_later()
    {
        Sys.Scheduler.ScheduleTellOnce(2 * Long, TestActor, "later", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "earlier", ActorRefs.NoSender);

        ExpectMsg("earlier");
        ExpectMsg("later");
    }
}
