using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Metrics;
using Xunit;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Tests.Actors.Embedding;

public sealed class EmbeddingActorTests : TestKit
{
    private readonly ScriptedEmbedder _model = new();
    private readonly TestMeters _meters = new();
    private readonly TestScheduler _time;
    private readonly IActorRef _embedding;

    public EmbeddingActorTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        _time = (TestScheduler)Sys.Scheduler;
        var settings = new EmbeddingSettings(EmbeddingLimits.Default with { MaxQueuedTexts = 100 }, IdleUnload: TimeSpan.FromMinutes(10), RetryDegraded: TimeSpan.FromSeconds(15));
        _embedding = Sys.ActorOf(EmbeddingActor.CreateProps(_model, settings, new EmbeddingMetrics(_meters)), "embedding");
    }

    private Embed Request(EmbeddingLane lane, params string[] texts) => new(
        Guid.NewGuid(), new ClientId("a client"), lane, [.. texts.Select(t => TokenizedText.Of(t, EmbeddingPurpose.Document, _model))], _time.Now.AddMinutes(1));

    private State GetState()
    {
        TestProbe probe = CreateTestProbe();
        _embedding.Tell(new GetState(Guid.NewGuid()), probe);
        return probe.ExpectMsg<State>();
    }

    [Fact]
    public void The_model_is_loaded_by_the_first_request()
    {
        Assert.Equal(ModelState.Unloaded, GetState().Model);
        Assert.Equal(0, _model.Opened);

        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);

        Assert.Equal(ScriptedEmbedder.VectorOf("hello"), Assert.Single(ExpectMsg<Embedded>().Vectors));
        Assert.Equal(ModelState.Ready, GetState().Model);
    }

    [Fact]
    public void Never_two_runs_at_once_and_always_on_the_workers_own_thread()
    {
        Embed[] requests = [.. Enumerable.Range(0, 40).Select(i => Request((EmbeddingLane)(i % 2), $"text {i}", new string('x', 70 + i)))];

        Parallel.ForEach(requests, request => _embedding.Tell(request, TestActor));

        var answered = ReceiveN(requests.Length).Cast<Embedded>().Select(e => e.RequestId).ToHashSet();
        Assert.Equal([.. requests.Select(r => r.RequestId)], answered);
        Assert.Equal(1, _model.PeakRunning);
        Assert.False(Assert.Single(_model.ThreadIds).Value);
    }

    [Fact]
    public void A_query_overtakes_queued_ingest()
    {
        _model.Gate = new SemaphoreSlim(0);
        Embed[] ingest = [.. Enumerable.Range(0, 10).Select(i => Request(EmbeddingLane.Ingest, new string((char)('a' + i), 100)))];
        foreach (Embed request in ingest)
        {
            _embedding.Tell(request, TestActor);
        }

        AwaitAssert(() => Assert.Single(_model.Runs));
        Embed query = Request(EmbeddingLane.Query, "urgent");
        _embedding.Tell(query, TestActor);
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        _model.Gate.Release(100);

        Assert.Equal(ingest[0].RequestId, ExpectMsg<Embedded>().RequestId);
        Assert.Equal(query.RequestId, ExpectMsg<Embedded>().RequestId);
        Assert.Equal(ingest.Skip(1).Select(r => r.RequestId), ReceiveN(9).Cast<Embedded>().Select(e => e.RequestId));
    }

    [Fact]
    public void The_same_text_in_flight_is_computed_once()
    {
        _model.Gate = new SemaphoreSlim(0);
        for (int i = 0; i < 5; i++)
        {
            _embedding.Tell(Request(EmbeddingLane.Query, "same"), TestActor);
        }

        AwaitAssert(() => Assert.Single(_model.Runs));
        _model.Gate.Release(100);

        ReceiveN(5);
        Assert.Single(_model.Runs);
    }

    [Fact]
    public void Expired_work_is_not_run_and_is_answered_as_expired()
    {
        _model.Gate = new SemaphoreSlim(0);
        _embedding.Tell(Request(EmbeddingLane.Query, "first"), TestActor);
        AwaitAssert(() => Assert.Single(_model.Runs));
        Embed late = Request(EmbeddingLane.Query, "late");
        _embedding.Tell(late, TestActor);
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        _time.Advance(TimeSpan.FromMinutes(2));
        _model.Gate.Release(100);

        var answers = ReceiveN(2);
        Assert.Single(answers.OfType<Embedded>());
        Assert.Equal((late.RequestId, FailureCode.Expired), answers.OfType<RequestFailed>().Select(f => (f.RequestId, f.Code)).Single());
        Assert.Single(_model.Runs);
    }

    [Fact]
    public void Past_the_limit_the_answer_is_busy_at_once()
    {
        _model.Gate = new SemaphoreSlim(0);
        _embedding.Tell(Request(EmbeddingLane.Ingest, [.. Enumerable.Range(0, 100).Select(i => $"text {i}")]), TestActor);
        _embedding.Tell(Request(EmbeddingLane.Ingest, [.. Enumerable.Range(100, 100).Select(i => $"text {i}")]), TestActor);

        var busy = ExpectMsg<RequestFailed>();
        Assert.Equal(FailureCode.Busy, busy.Code);
        Assert.True(busy.RetryAfter > TimeSpan.Zero);
        _model.Gate.Release(1000);
        ExpectMsg<Embedded>();
    }

    [Fact]
    public void A_text_the_model_fails_on_gets_its_own_error_and_its_batch_mates_succeed()
    {
        _model.Gate = new SemaphoreSlim(0);
        _model.IsPoison = ids => ids.Contains('☠');
        _embedding.Tell(Request(EmbeddingLane.Query, "opens the model"), TestActor);
        AwaitAssert(() => Assert.Single(_model.Runs));
        Embed bad = Request(EmbeddingLane.Query, "☠");
        Embed[] good = [Request(EmbeddingLane.Query, "one"), Request(EmbeddingLane.Query, "two")];
        _embedding.Tell(good[0], TestActor);
        _embedding.Tell(bad, TestActor);
        _embedding.Tell(good[1], TestActor);
        AwaitAssert(() => Assert.Equal(3, GetState().QueuedQueries));
        _model.Gate.Release(100);

        var answers = ReceiveN(4);
        Assert.Equal(bad.RequestId, Assert.Single(answers.OfType<RequestFailed>()).RequestId);
        Assert.Equal(3, answers.OfType<Embedded>().Count());
        Assert.Equal(1, _model.PeakOpen);
        Assert.Equal(ModelState.Ready, GetState().Model);
    }

    [Fact]
    public void A_model_that_does_not_open_is_degraded_says_why_and_comes_back_by_itself()
    {
        _model.OpenProblem = "the file is missing; put it there";
        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);

        var failed = ExpectMsg<RequestFailed>();
        Assert.Equal(FailureCode.ModelUnavailable, failed.Code);
        Assert.Contains("the file is missing; put it there", failed.Message);
        Assert.Equal(ModelState.Degraded, GetState().Model);
        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);
        Assert.Equal(FailureCode.ModelUnavailable, ExpectMsg<RequestFailed>().Code);

        _model.OpenProblem = null;
        _time.Advance(TimeSpan.FromSeconds(15));

        AwaitAssert(() => Assert.Equal(ModelState.Ready, GetState().Model));
        Assert.Null(GetState().Problem);
        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);
        ExpectMsg<Embedded>();
    }

    [Fact]
    public void An_idle_model_is_unloaded_and_loaded_again_on_demand()
    {
        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);
        ExpectMsg<Embedded>();
        AwaitAssert(() => Assert.Equal(ModelState.Ready, GetState().Model));

        _time.Advance(TimeSpan.FromMinutes(10));

        AwaitAssert(() => Assert.Equal((ModelState.Unloaded, 1), (GetState().Model, _model.Disposed)));
        _embedding.Tell(Request(EmbeddingLane.Query, "hello again"), TestActor);
        ExpectMsg<Embedded>();
        Assert.Equal((2, 1), (_model.Opened, _model.PeakOpen));
    }

    [Fact]
    public void The_session_is_disposed_when_the_system_stops()
    {
        _embedding.Tell(Request(EmbeddingLane.Query, "hello"), TestActor);
        ExpectMsg<Embedded>();
        Watch(_embedding);

        Sys.Stop(_embedding);

        ExpectTerminated(_embedding);
        Assert.Equal(1, _model.Disposed);
    }
}
