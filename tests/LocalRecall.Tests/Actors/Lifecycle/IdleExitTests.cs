using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Actors.Metrics;
using LocalRecall.Tests.Actors.Models;
using Xunit;
using static LocalRecall.Actors.Ingest.IngestProtocol;
using static LocalRecall.Actors.Lifecycle.LifecycleProtocol;

namespace LocalRecall.Tests.Actors.Lifecycle;

public sealed class IdleExitTests : TestKit
{
    private static readonly TimeSpan IdleExit = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan BetweenChecks = IdleExit / 4;

    private readonly TestMeters _meters = new();
    private readonly TestProbe _query;
    private readonly TestProbe _ingest;
    private IActorRef _lifecycle = ActorRefs.Nobody;
    private bool _stopped;

    public IdleExitTests()
        : base(TestConfiguration.WithVirtualTime) => (_query, _ingest) = (CreateTestProbe(), CreateTestProbe());

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }

    [Fact]
    public void A_connection_without_a_lease_does_not_keep_the_host()
    {
        Start();
        Report(1);

        Check(4);

        Assert.True(_stopped);
    }

    [Fact]
    public void It_does_not_end_before_its_time()
    {
        Start();
        Check(3);
        Report(0);

        Check(3);
        Assert.False(_stopped);
        Check(1);
        Assert.True(_stopped);
    }

    [Fact]
    public void A_lease_keeps_it_and_time_counts_from_its_end()
    {
        Start();
        Report(1, "mcp session (test 1.0)");
        Check(8);
        Report(0);

        Check(3);
        Assert.False(_stopped);
        Check(1);
        Assert.True(_stopped);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Open_work_keeps_it_and_time_counts_from_its_end(int queries, int files)
    {
        Start();
        Check(8, queries, files);

        Check(3);
        Assert.False(_stopped);
        Check(1);
        Assert.True(_stopped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Watched_folders_keep_it_if_so_configured(bool watchingKeepsAlive)
    {
        Start(watchingKeepsAlive);

        Check(4, watched: ["/notes"]);

        Assert.NotEqual(watchingKeepsAlive, _stopped);
    }

    [Fact]
    public void It_does_not_end_while_a_part_does_not_answer()
    {
        Start();
        for (int i = 0; i < 6; i++)
        {
            Time.Advance(BetweenChecks);
            _query.ExpectMsg<GetOpenWork>();
            _query.Reply(new WorkOpen(0));
        }

        Assert.False(_stopped);
    }

    private void Start(bool watchingKeepsAlive = true)
    {
        TestProbe other = CreateTestProbe();
        var ports = new LifecyclePorts(other, other, _ingest, [_query, _ingest], ScriptedModels.InForce(new ScriptedEmbedder()), new HostMetrics(_meters), () => _stopped = true);
        _lifecycle = Sys.ActorOf(LifecycleActor.CreateProps(new LifecycleSettings("1.0.0", "/home", IdleExit, watchingKeepsAlive), ports));
        Report(0);
    }

    private void Report(int clients, params string[] leases)
    {
        _lifecycle.Tell(new Activity(clients, leases), TestActor);
        WaitForIt();
    }

    /// <summary>Lets it look that often, and answers each time.</summary>
    private void Check(int times, int queries = 0, int files = 0, string[]? watched = null)
    {
        for (int i = 0; i < times; i++)
        {
            Time.Advance(BetweenChecks);
            _query.ExpectMsg<GetOpenWork>();
            IActorRef need = _query.LastSender;
            Watch(need);
            _query.Reply(new WorkOpen(queries));
            _ingest.ExpectMsg<GetOpenWork>();
            _ingest.Reply(new WorkOpen(files));
            _ingest.ExpectMsg<GetWatched>();
            _ingest.Reply(new Watched(Guid.NewGuid(), watched ?? []));
            ExpectTerminated(need);
            WaitForIt();
        }
    }

    /// <summary>Until it has handled all it was told.</summary>
    private void WaitForIt()
    {
        _lifecycle.Tell(new Identify("done"), TestActor);
        ExpectMsg<ActorIdentity>();
    }
}
