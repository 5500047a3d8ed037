using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class TestSchedulerSpecs() : Spec(VirtualTime)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private void ExpectNothing()
    {
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void Nothing_happens_until_the_clock_is_moved()
    {
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "tick", ActorRefs.NoSender);

        ExpectNothing();
        Time.Advance(Second / 2);
        ExpectNothing();
        Time.Advance(Second / 2);
        ExpectMsg("tick");
    }

    [Fact]
    public void What_is_due_comes_in_order_of_time()
    {
        Sys.Scheduler.ScheduleTellOnce(3 * Second, TestActor, 3, ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(1 * Second, TestActor, 1, ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(2 * Second, TestActor, 2, ActorRefs.NoSender);

        Time.Advance(5 * Second);

        Assert.Equal([1, 2, 3], ReceiveN(3).Cast<int>());
    }

    [Fact]
    public void Virtual_now_is_where_the_clock_was_moved()
    {
        var start = Time.Now;

        Time.Advance(90 * Second);
        Assert.Equal(start + 90 * Second, Time.Now);
        Time.AdvanceTo(start + 100 * Second);
        Assert.Equal(start + 100 * Second, Time.Now);
        Assert.Throws<InvalidOperationException>(() => Time.AdvanceTo(start));
    }

    [Fact]
    public void A_repeated_message_comes_once_for_each_move_of_the_clock()
    {
        Sys.Scheduler.ScheduleTellRepeatedly(Second, Second, TestActor, "tick", ActorRefs.NoSender);

        for (var i = 0; i < 3; i++)
        {
            Time.Advance(Second);
            ExpectMsg("tick");
        }
        Time.Advance(10 * Second);
        ExpectMsg("tick");
        ExpectNothing();
    }

    [Fact]
    public void A_cancelled_message_does_not_come()
    {
        var once = Sys.Scheduler.ScheduleTellOnceCancelable(Second, TestActor, "once", ActorRefs.NoSender);
        var again = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, TestActor, "again", ActorRefs.NoSender);

        once.Cancel();
        Time.Advance(Second);
        ExpectMsg("again");
        again.Cancel();
        Time.Advance(Second);

        ExpectNothing();
    }

    [Fact]
    public void Actions_run_on_the_thread_that_moves_the_clock()
    {
        var thread = 0;
        Sys.Scheduler.Advanced.ScheduleOnce(Second, () => thread = Environment.CurrentManagedThreadId);

        Time.Advance(Second);

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }
}
