using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Actors.Requests;
using Xunit;

namespace LocalRecall.Tests.Actors.Lifecycle;

public sealed class DrainActorTests : TestKit
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly TestProbe _query;
    private readonly TestProbe _ingest;
    private readonly IActorRef _drain;

    public DrainActorTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        (_query, _ingest) = (CreateTestProbe(), CreateTestProbe());
        _drain = Sys.ActorOf(DrainActor.CreateProps([_query, _ingest], DrainTime));
        Watch(_drain);
        _drain.Tell(Drain.Instance, TestActor);
        _query.ExpectMsg<Drain>();
        _ingest.ExpectMsg<Drain>();
    }

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void It_ends_when_all_are_drained_and_nothing_is_handed_back()
    {
        _query.Reply(Drained.Instance);
        _query.Reply(Drained.Instance);
        ExpectNoMsg(TimeSpan.FromMilliseconds(20));

        _ingest.Reply(Drained.Instance);

        ExpectMsg<Drained>();
        ExpectTerminated(_drain);
        Time.Advance(DrainTime);
        _ingest.ExpectNoMsg(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Who_is_busy_when_the_time_is_up_hands_back()
    {
        _query.Reply(Drained.Instance);
        AwaitAssert(() =>
        {
            Time.Advance(DrainTime / 2);
            _ingest.ExpectMsg<Drain>(TimeSpan.FromMilliseconds(50));
        });

        _ingest.ExpectMsg<HandBack>();
        _query.ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        _ingest.Reply(Drained.Instance);
        ExpectMsg<Drained>();
    }
}
