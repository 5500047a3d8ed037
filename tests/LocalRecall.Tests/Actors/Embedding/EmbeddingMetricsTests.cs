using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Metrics;
using LocalRecall.Tests.Actors.Models;
using Xunit;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Tests.Actors.Embedding;

/// <summary>What the embedding actor tells of itself, in its state and as metrics.</summary>
public sealed class EmbeddingMetricsTests : TestKit
{
    private readonly TestMeters _meters = new();
    private readonly ScriptedEmbedder _model = new();
    private readonly TestScheduler _time;
    private readonly IActorRef _embedding;

    public EmbeddingMetricsTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        _time = (TestScheduler)Sys.Scheduler;
        var settings = new EmbeddingSettings(
            EmbeddingLimits.Default with { RunTarget = TimeSpan.FromHours(1), MaxQueuedTexts = 10 }, IdleUnload: TimeSpan.FromMinutes(10),
            RetryDegraded: TimeSpan.FromSeconds(15), RunLimit: TimeSpan.FromHours(1), MemoryCeilingBytes: 0);
        _embedding = Sys.ActorOf(EmbeddingActor.CreateProps(ScriptedModels.InForce(_model), settings, new EmbeddingMetrics(_meters), () => 0), "embedding");
    }

    private Embed Ask(EmbeddingLane lane, params string[] texts) => Ask(lane, TimeSpan.FromHours(1), TestActor, texts);

    private Embed Ask(EmbeddingLane lane, TimeSpan patience, IActorRef asker, params string[] texts)
    {
        var request = new Embed(
            Guid.NewGuid(), new ClientId("a client"), lane, [.. texts.Select(t => TokenizedText.Of(t, EmbeddingPurpose.Document, _model))], _time.Now + patience);
        _embedding.Tell(request, asker);
        return request;
    }

    private State GetState()
    {
        TestProbe probe = CreateTestProbe();
        _embedding.Tell(new GetState(Guid.NewGuid()), probe);
        return probe.ExpectMsg<State>();
    }

    private long Count(EmbeddingOutcome outcome) => GetState().Report.Outcomes[(int)outcome];

    private void StartRun(string text)
    {
        _model.Gate ??= new SemaphoreSlim(0);
        Ask(EmbeddingLane.Query, text);
        AwaitAssert(() => Assert.True(GetState().Running));
    }

    [Fact]
    public void Lanes_tell_what_waits_and_since_when()
    {
        StartRun("in progress");
        Ask(EmbeddingLane.Query, "abc", "abcd");
        AwaitAssert(() => Assert.Equal(2, GetState().QueuedQueries));
        _time.Advance(TimeSpan.FromSeconds(3));
        Ask(EmbeddingLane.Ingest, "ab");
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedIngest));
        _time.Advance(TimeSpan.FromSeconds(1));

        State state = GetState();
        Assert.Equal(new LaneLevel(2, 7, TimeSpan.FromSeconds(4)), state.Queries);
        Assert.Equal(new LaneLevel(1, 2, TimeSpan.FromSeconds(1)), state.Ingest);
        Assert.Equal(new RunShape(1, 11, 11, TimeSpan.FromSeconds(4)), state.Report.Running);
        Assert.Equal(["2 lane=query", "1 lane=ingest"], _meters.Heard("localrecall.embedding.queue.texts").TakeLast(2));
        Assert.Equal(["7 lane=query", "2 lane=ingest"], _meters.Heard("localrecall.embedding.queue.tokens").TakeLast(2));
        Assert.Equal($"{state.MaxRunTokens}", _meters.Heard("localrecall.embedding.run.limit")[^1]);

        _model.Gate!.Release(1000);
        ReceiveN(3);
        AwaitAssert(() => Assert.False(GetState().Running));
        Assert.Equal((default, default), (GetState().Queries, GetState().Ingest));
    }

    [Fact]
    public void An_answered_request_has_its_queue_time_and_its_run_its_shape()
    {
        StartRun("in progress");
        Ask(EmbeddingLane.Ingest, "abc", "abcd");
        AwaitAssert(() => Assert.Equal(2, GetState().QueuedIngest));
        _time.Advance(TimeSpan.FromMilliseconds(1500));
        _model.Gate!.Release(1000);
        ReceiveN(2);

        EmbeddingReport report = GetState().Report;
        Assert.Equal((2, 3, 18), (report.Runs, report.Texts, report.Tokens));
        Assert.Equal(2, report.Outcomes[(int)EmbeddingOutcome.Answered]);
        Assert.Equal((2, 7, 8), (report.LastRun!.Texts, report.LastRun.Tokens, report.LastRun.PaddedTokens));
        Assert.Equal((1, TimeSpan.FromMilliseconds(1500)), (report.Waits[(int)EmbeddingLane.Ingest].Count, report.Waits[(int)EmbeddingLane.Ingest].P99));
        Assert.Equal(2, report.RunTimes.Count);
        Assert.Equal(["0 lane=query", "1.5 lane=ingest"], _meters.Heard("localrecall.embedding.queue.duration"));
        Assert.Equal(["1 lane=query outcome=answered", "1 lane=ingest outcome=answered"], _meters.Heard("localrecall.embedding.requests"));
        Assert.Equal(["1", "2"], _meters.Heard("localrecall.embedding.run.texts"));
        Assert.Equal(["11 kind=real", "11 kind=padded", "7 kind=real", "8 kind=padded"], _meters.Heard("localrecall.embedding.run.tokens"));
        Assert.Equal(2, _meters.Heard("localrecall.embedding.run.duration").Count);
    }

    [Fact]
    public void Requests_that_get_no_vector_are_counted_by_their_reason()
    {
        StartRun("in progress");
        TestProbe gone = CreateTestProbe();
        Ask(EmbeddingLane.Query, TimeSpan.FromHours(1), gone.Ref, "nobody waits for this");
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        Sys.Stop(gone);
        AwaitAssert(() => Assert.Equal(1, Count(EmbeddingOutcome.Cancelled)));
        Ask(EmbeddingLane.Query, TimeSpan.Zero, TestActor, "too late already");
        Ask(EmbeddingLane.Ingest, TimeSpan.FromSeconds(1), TestActor, "too late soon");
        Ask(EmbeddingLane.Ingest, [.. Enumerable.Range(0, 11).Select(i => $"too many {i}")]);
        AwaitAssert(() => Assert.Equal((1, 1), (Count(EmbeddingOutcome.Expired), Count(EmbeddingOutcome.Busy))));
        _time.Advance(TimeSpan.FromSeconds(2));
        _model.Gate!.Release(1000);
        ReceiveN(4);

        Assert.Equal(2, Count(EmbeddingOutcome.Expired));
        Assert.Equal(
            ["ingest busy", "ingest expired", "query answered", "query cancelled", "query expired"],
            _meters.Heard("localrecall.embedding.requests").Select(line => line.Replace("1 lane=", "").Replace("outcome=", "")).Order());
    }

    [Fact]
    public void A_failing_run_is_named_counted_and_restarts_the_worker()
    {
        _model.IsPoison = ids => ids.Contains('☠');
        Ask(EmbeddingLane.Query, "☠");
        ExpectMsg<RequestFailed>();

        EmbeddingReport report = GetState().Report;
        EmbeddingFailure failure = Assert.Single(report.Failures);
        Assert.Equal(("poison", _time.Now), (failure.Reason, failure.At));
        Assert.Equal(1, report.Outcomes[(int)EmbeddingOutcome.Failed]);
        AwaitAssert(() => Assert.Equal(failure.Times, GetState().Report.Restarts));
        Assert.InRange(failure.Times, 2, 3);
        Assert.Equal(failure.Times, _meters.Heard("localrecall.embedding.restarts").Count);
        Assert.Equal(0, report.Runs);
    }

    [Fact]
    public void A_model_that_does_not_open_is_a_failure_and_its_requests_unavailable()
    {
        _model.OpenProblem = "the file is missing; put it there";
        Ask(EmbeddingLane.Query, "hello");
        ExpectMsg<RequestFailed>();
        Ask(EmbeddingLane.Ingest, "hello");
        ExpectMsg<RequestFailed>();

        Assert.Contains("the file is missing; put it there", Assert.Single(GetState().Report.Failures).Reason);
        Assert.Equal(2, Count(EmbeddingOutcome.Unavailable));
        Assert.Equal("1 state=degraded", Assert.Single(_meters.Heard("localrecall.embedding.model.state").TakeLast(4), line => line.StartsWith('1')));
    }

    [Fact]
    public void What_was_counted_outlives_the_actor_and_no_run_is_left_over()
    {
        StartRun("in progress");
        _embedding.Tell(Kill.Instance);
        _model.Gate!.Release(1000); // it ends with its children
        AwaitAssert(() => Assert.False(GetState().Running));

        Ask(EmbeddingLane.Query, "again");
        ExpectMsg<Embedded>();
        Assert.Equal(1, Count(EmbeddingOutcome.Answered));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }
}
