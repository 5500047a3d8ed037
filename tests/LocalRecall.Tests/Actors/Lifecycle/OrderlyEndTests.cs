using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Lifecycle;

public sealed class OrderlyEndTests : HostTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Task<Done> BeginTheEnd()
    {
        OrderlyEnd.Prepare(Sys, Host);
        return CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance);
    }

    private SemaphoreSlim HoldTheModel() => Model.Gate = new SemaphoreSlim(0);

    private TestProbe SendSearch() => Send(h => new Search(h, "Which fruit?", MemoryFilter.None, 10, 1000));

    private TestProbe SendAdd(string content) =>
        Send(h => new AddMemory(h, "episodic", content, ["test"], "global", null, null, content));

    [Fact]
    public async Task What_is_in_flight_is_answered_and_what_comes_now_is_sent_to_the_next_host()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        SemaphoreSlim gate = HoldTheModel();
        TestProbe search = SendSearch();
        TestProbe add = SendAdd("Cherries are fruit as well.");
        AwaitCondition(() => Model.Runs.Count == 2); // the first of them is at the gate

        Task<Done> end = BeginTheEnd();

        AwaitAssert(() => Assert.Equal(FailureCode.Stopping, (Ask<IReply>(h => new GetStatus(h)) as Failure)?.Code));
        Host.Gateway.Tell(new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "late", "1.0", "secret"), TestActor);
        Assert.Equal(FailureCode.Stopping, ExpectMsg<Failure>().Code);
        Assert.False(end.IsCompleted);
        gate.Release(100);
        Assert.Equal("Fruit", Assert.Single(search.ExpectMsg<SearchResults>(Patience).Hits).Summary.Subject);
        add.ExpectMsg<MemoryAdded>(Patience);
        await end.WaitAsync(Patience);
        Assert.True(Sys.WhenTerminated.IsCompleted);
        Assert.Equal((1, 1), (Model.Opened, Model.Disposed));
        Assert.True(new FileInfo(Path.Combine(Home, "recall.db-wal")) is { Exists: false } or { Length: 0 });
    }

    [Fact]
    public async Task An_import_is_handed_back_at_once_and_an_add_that_waits_behind_its_files_is_not()
    {
        for (int i = 0; i < 20; i++)
        {
            WriteFile($"notes/{i}.md", $"# Note {i}\n\nThe note number {i} is one of many.");
        }

        SemaphoreSlim gate = HoldTheModel();
        TestProbe import = Send(h => new ImportPaths(h, [Path.Combine(Home, "outside")], null, Watch: false));
        AwaitCondition(() => !Model.Runs.IsEmpty);
        TestProbe add = SendAdd("It came when four files were in flight.");
        AwaitCondition(() => Directory.GetFiles(Home, "*.md", SearchOption.AllDirectories).Length == 21);

        Task<Done> end = BeginTheEnd();

        Assert.Equal(FailureCode.Stopping, import.FishForMessage<Failure>(_ => true, Patience).Code);
        gate.Release(100);
        add.ExpectMsg<MemoryAdded>(Patience);
        await end.WaitAsync(Patience);
        Assert.InRange(Model.Runs.Sum(run => run.Count), 5, 12);
    }

    [Fact]
    public void What_does_not_end_in_time_is_handed_back()
    {
        SemaphoreSlim gate = HoldTheModel();
        TestProbe search = SendSearch();
        AwaitCondition(() => Model.Runs.Count == 1);
        TestProbe drain = CreateTestProbe();

        Host.Query.Tell(Drain.Instance, drain);
        drain.ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        Host.Query.Tell(HandBack.Instance, drain);

        Assert.Equal(FailureCode.Stopping, search.ExpectMsg<Failure>().Code);
        drain.ExpectMsg<Drained>();
        Assert.Equal(FailureCode.Stopping, Ask<Failure>(h => new GetMemory(h, Guid.NewGuid(), 0)).Code);
        gate.Release(100);
    }

    [Fact]
    public void The_phase_that_drains_is_longer_than_the_time_to_drain()
    {
        Config config = ConfigurationFactory.ParseString("localrecall.host.drain-time = 90s").WithFallback(Sys.Settings.Config);

        TimeSpan phase = OrderlyEnd.WithDrainPhase(config).GetTimeSpan("akka.coordinated-shutdown.phases.service-requests-done.timeout");

        Assert.Equal(TimeSpan.FromSeconds(95), phase);
    }
}
