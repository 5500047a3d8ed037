using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Metrics;
using LocalRecall.Tests.Actors.Models;
using Xunit;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Tests.Actors.Embedding;

public sealed class EmbeddingActorTests : TestKit
{
    private const long Ceiling = 1000;

    private static readonly EmbeddingSettings Settings = new(
        EmbeddingLimits.Default with { RunTarget = TimeSpan.FromHours(1), MaxQueuedTexts = 100 }, IdleUnload: TimeSpan.FromMinutes(10), RetryDegraded: TimeSpan.FromSeconds(15),
        RunLimit: TimeSpan.FromSeconds(10), MemoryCeilingBytes: Ceiling);

    private readonly TestMeters _meters = new();
    private readonly ScriptedEmbedder _model = new();
    private readonly TestScheduler _time;
    private readonly IActorRef _embedding;
    private long _residentBytes;

    public EmbeddingActorTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        _time = (TestScheduler)Sys.Scheduler;
        _embedding = Sys.ActorOf(EmbeddingActor.CreateProps(ScriptedModels.InForce(_model), Settings, new EmbeddingMetrics(_meters), () => Interlocked.Read(ref _residentBytes)), "embedding");
    }

    private Embed Request(EmbeddingLane lane, params string[] texts) => new(
        Guid.NewGuid(), new ClientId("a client"), lane, [.. texts.Select(t => TokenizedText.Of(t, EmbeddingPurpose.Document, _model))], _time.Now.AddHours(1));

    private Embed Ask(EmbeddingLane lane, params string[] texts)
    {
        Embed request = Request(lane, texts);
        _embedding.Tell(request, TestActor);
        return request;
    }

    private Embed Ask(string query) => Ask(EmbeddingLane.Query, query);

    private State GetState()
    {
        TestProbe probe = CreateTestProbe();
        _embedding.Tell(new GetState(Guid.NewGuid()), probe);
        return probe.ExpectMsg<State>();
    }

    private void AwaitState(ModelState state) => AwaitAssert(() => Assert.Equal(state, GetState().Model));

    /// <summary>Has one query embedded and waits until nothing is going on.</summary>
    private void LoadModel()
    {
        Ask("opens the model");
        ExpectMsg<Embedded>();
        AwaitState(ModelState.Ready);
    }

    /// <summary>A run waits at the gate.</summary>
    private Embed StartRun(string text = "in progress")
    {
        int before = _model.Runs.Count;
        _model.Gate ??= new SemaphoreSlim(0);
        Embed request = Ask(text);
        AwaitAssert(() => Assert.Equal((before + 1, 1), (_model.Runs.Count, _model.Running)));
        return request;
    }

    private void OpenGate() => _model.Gate!.Release(1000);

    private string[] RunTexts() => [.. _model.Runs.Select(run => string.Join('|', run.Select(ScriptedEmbedder.TextOf)))];

    private void AssertAnswered(Embed[] inThisOrder) =>
        Assert.Equal(inThisOrder.Select(r => r.RequestId), ReceiveN(inThisOrder.Length).Cast<Embedded>().Select(e => e.RequestId));

    private static (Guid, FailureCode) Failed(object reply) => reply is RequestFailed failed ? (failed.RequestId, failed.Code) : default;

    [Fact]
    public void The_model_is_loaded_by_the_first_request()
    {
        Assert.Equal(ModelState.Unloaded, GetState().Model);
        Assert.Equal(0, _model.Opened);

        Ask("hello");

        Assert.Equal(ScriptedEmbedder.VectorOf("hello"), Assert.Single(ExpectMsg<Embedded>().Vectors));
        Assert.Equal(ModelState.Ready, GetState().Model);
    }

    [Fact]
    public void Nothing_to_embed_is_answered_without_the_model()
    {
        Ask(EmbeddingLane.Query);

        Assert.Empty(ExpectMsg<Embedded>().Vectors);
        Assert.Equal(ModelState.Unloaded, GetState().Model);
    }

    [Fact]
    public void A_text_that_was_computed_lately_reaches_no_worker_again()
    {
        Ask(EmbeddingLane.Ingest, "one", "two");
        ExpectMsg<Embedded>();

        Ask("one");
        Ask(EmbeddingLane.Ingest, "two", "three", "one");

        Assert.Equal([ScriptedEmbedder.VectorOf("one")], ExpectMsg<Embedded>().Vectors);
        Assert.Equal([.. new[] { "two", "three", "one" }.Select(ScriptedEmbedder.VectorOf)], ExpectMsg<Embedded>().Vectors);
        Assert.Equal(["one|two", "three"], RunTexts());
    }

    [Fact]
    public void Known_texts_are_answered_though_the_model_is_unloaded_or_can_not_be_used()
    {
        LoadModel();
        _time.Advance(Settings.IdleUnload);
        AwaitState(ModelState.Unloaded);

        Ask("opens the model");
        ExpectMsg<Embedded>();
        Assert.Equal((ModelState.Unloaded, 1), (GetState().Model, _model.Opened));

        _model.OpenProblem = "no model today";
        Ask("unknown");
        ExpectMsg<RequestFailed>();
        Ask("opens the model");
        ExpectMsg<Embedded>();
        Embed half = Ask(EmbeddingLane.Query, "opens the model", "unknown");
        Assert.Equal((half.RequestId, FailureCode.ModelUnavailable), Failed(ExpectMsg<RequestFailed>()));
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
        Embed first = StartRun();
        Embed[] ingest = [.. Enumerable.Range(0, 10).Select(i => Ask(EmbeddingLane.Ingest, new string((char)('a' + i), 100)))];
        Embed query = Ask("urgent");
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        OpenGate();

        AssertAnswered([first, query, .. ingest]);
    }

    [Fact]
    public void Ingest_that_has_waited_long_enough_gets_a_run_between_queries()
    {
        Embed first = StartRun();
        Embed ingest = Ask(EmbeddingLane.Ingest, "bulk");
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedIngest));
        _time.Advance(TimeSpan.FromSeconds(3));
        Embed[] queries = [Ask(new string('a', 100)), Ask(new string('b', 100))];
        AwaitAssert(() => Assert.Equal(2, GetState().QueuedQueries));
        OpenGate();

        AssertAnswered([first, ingest, .. queries]);
    }

    [Fact]
    public void One_clients_many_queries_do_not_hold_up_anothers_one()
    {
        StartRun();
        foreach (int i in Enumerable.Range(0, 20))
        {
            Ask(new string((char)('a' + i), 100));
        }

        Embed modest = Request(EmbeddingLane.Query, new string('z', 100)) with { Client = new ClientId("another client") };
        _embedding.Tell(modest, TestActor);
        AwaitAssert(() => Assert.Equal(21, GetState().QueuedQueries));
        OpenGate();

        Guid[] order = [.. ReceiveN(22).Cast<Embedded>().Select(e => e.RequestId)];
        Assert.InRange(Array.IndexOf(order, modest.RequestId), 1, 2);
    }

    [Fact]
    public void The_same_text_in_flight_is_computed_once()
    {
        StartRun("same");
        for (int i = 0; i < 4; i++)
        {
            Ask("same");
        }

        OpenGate();

        Assert.All(ReceiveN(5), answer => Assert.Equal(ScriptedEmbedder.VectorOf("same"), Assert.Single(((Embedded)answer).Vectors)));
        Assert.Single(_model.Runs);
    }

    [Fact]
    public void Expired_work_is_not_run_and_is_answered_as_expired()
    {
        Embed first = StartRun();
        Embed late = Request(EmbeddingLane.Query, "late") with { Deadline = _time.Now.AddSeconds(5) };
        _embedding.Tell(late, TestActor);
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        _time.Advance(TimeSpan.FromSeconds(6));
        OpenGate();

        object[] answers = [.. ReceiveN(2)];
        Assert.Equal(first.RequestId, Assert.Single(answers.OfType<Embedded>()).RequestId);
        Assert.Equal((late.RequestId, FailureCode.Expired), Failed(Assert.Single(answers.OfType<RequestFailed>())));
        Assert.Single(_model.Runs);
    }

    [Fact]
    public void What_arrives_after_its_deadline_does_not_load_the_model()
    {
        _embedding.Tell(Request(EmbeddingLane.Query, "late") with { Deadline = _time.Now }, TestActor);

        Assert.Equal(FailureCode.Expired, ExpectMsg<RequestFailed>().Code);
        Assert.Equal(0, _model.Opened);
    }

    [Fact]
    public void Past_the_limit_the_answer_is_busy_at_once()
    {
        StartRun();
        Ask(EmbeddingLane.Ingest, [.. Enumerable.Range(0, 100).Select(i => $"text {i}")]);
        Embed refused = Ask(EmbeddingLane.Ingest, [.. Enumerable.Range(100, 100).Select(i => $"text {i}")]);

        var busy = ExpectMsg<RequestFailed>();
        Assert.Equal((refused.RequestId, FailureCode.Busy), Failed(busy));
        Assert.True(busy.RetryAfter > TimeSpan.Zero);
        OpenGate();
        ReceiveN(2);
    }

    [Fact]
    public void What_an_asker_that_stopped_had_asked_for_is_not_run()
    {
        StartRun();
        TestProbe gone = CreateTestProbe();
        _embedding.Tell(Request(EmbeddingLane.Query, "unwanted"), gone);
        _embedding.Tell(Request(EmbeddingLane.Ingest, "unwanted too"), gone);
        Ask("wanted");
        AwaitAssert(() => Assert.Equal((2, 1), (GetState().QueuedQueries, GetState().QueuedIngest)));

        Sys.Stop(gone);

        AwaitAssert(() => Assert.Equal((1, 0), (GetState().QueuedQueries, GetState().QueuedIngest)));
        OpenGate();
        ReceiveN(2);
        Assert.Equal(["in progress", "wanted"], RunTexts());
    }

    [Fact]
    public void An_asker_that_stopped_takes_nothing_from_others_who_want_the_same()
    {
        StartRun();
        TestProbe gone = CreateTestProbe();
        _embedding.Tell(Request(EmbeddingLane.Query, "shared", "unwanted"), gone);
        Embed shared = Ask("shared");
        AwaitAssert(() => Assert.Equal(2, GetState().QueuedQueries));

        Sys.Stop(gone);

        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        OpenGate();
        Assert.Equal(shared.RequestId, ReceiveN(2).Cast<Embedded>().Last().RequestId);
        Assert.Equal(["in progress", "shared"], RunTexts());
    }

    [Fact]
    public void An_asker_that_has_its_answer_is_not_watched_any_more()
    {
        LoadModel();
        TestProbe asker = CreateTestProbe();
        Embed request = Request(EmbeddingLane.Query, "once");
        _embedding.Tell(request, asker);
        asker.ExpectMsg<Embedded>();
        StartRun();
        _embedding.Tell(request, TestActor); // the same id, from somebody else
        Sys.Stop(asker);
        OpenGate();

        Assert.Contains(request.RequestId, ReceiveN(2).Cast<Embedded>().Select(e => e.RequestId));
    }

    [Fact]
    public void A_repeated_request_is_queued_once_and_whoever_asked_last_is_answered()
    {
        StartRun();
        TestProbe first = CreateTestProbe();
        TestProbe second = CreateTestProbe();
        Embed request = Request(EmbeddingLane.Query, "repeated");
        _embedding.Tell(request, first);
        _embedding.Tell(request, second);
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        Sys.Stop(first); // it is nobody's business any more
        OpenGate();

        Assert.Equal(request.RequestId, second.ExpectMsg<Embedded>().RequestId);
        Assert.Equal(["in progress", "repeated"], RunTexts());
        first.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_text_the_model_fails_on_gets_its_own_error_and_its_batch_mates_succeed()
    {
        _model.IsPoison = ids => ids.Contains('☠');
        StartRun();
        Embed[] good = [Ask("one"), Ask("two")];
        Embed bad = Ask("☠");
        Embed alsoGood = Ask("three");
        AwaitAssert(() => Assert.Equal(4, GetState().QueuedQueries));
        OpenGate();

        object[] answers = [.. ReceiveN(5)];
        Assert.Equal((bad.RequestId, FailureCode.BadRequest), Failed(Assert.Single(answers.OfType<RequestFailed>())));
        Assert.Superset(good.Append(alsoGood).Select(r => r.RequestId).ToHashSet(), answers.OfType<Embedded>().Select(e => e.RequestId).ToHashSet());
        Assert.Equal((1, 1), (_model.PeakOpen, _model.PeakRunning));
        AwaitState(ModelState.Ready);
    }

    [Fact]
    public void Poisonous_texts_one_after_another_do_not_count_as_a_broken_model()
    {
        _model.IsPoison = ids => ids.Contains('☠');
        foreach (int i in Enumerable.Range(0, 6))
        {
            Embed bad = Ask($"☠ {i}");
            Assert.Equal((bad.RequestId, FailureCode.BadRequest), Failed(ExpectMsg<RequestFailed>()));
            Ask($"good {i}");
            ExpectMsg<Embedded>();
        }
    }

    [Fact]
    public void Three_restarts_in_a_minute_are_borne_the_fourth_is_degraded()
    {
        LoadModel();
        foreach (int i in Enumerable.Range(0, 3))
        {
            _model.FailNext = 1;
            Ask($"text {i}");
            ExpectMsg<Embedded>();
        }

        _model.FailNext = 1;
        Embed last = Ask("text 4");

        Assert.Equal((last.RequestId, FailureCode.ModelUnavailable), Failed(ExpectMsg<RequestFailed>()));
        Assert.Equal(ModelState.Degraded, GetState().Model);
        Assert.Contains("scripted failure", GetState().Problem);
        AwaitAssert(() => Assert.Equal(_model.Opened, _model.Disposed));
    }

    [Fact]
    public void Restarts_of_more_than_a_minute_ago_are_forgotten()
    {
        LoadModel();
        foreach (int i in Enumerable.Range(0, 8))
        {
            _time.Advance(TimeSpan.FromSeconds(21));
            _model.FailNext = 1;
            Ask($"text {i}");
            ExpectMsg<Embedded>();
        }
    }

    [Fact]
    public void A_model_that_does_not_open_is_degraded_says_why_and_comes_back_by_itself()
    {
        _model.OpenProblem = "the file is missing; put it there";
        Ask("hello");

        var failed = ExpectMsg<RequestFailed>();
        Assert.Equal(FailureCode.ModelUnavailable, failed.Code);
        Assert.Contains("the file is missing; put it there", failed.Message);
        Assert.Equal(ModelState.Degraded, GetState().Model);
        Ask("hello");
        Assert.Equal(FailureCode.ModelUnavailable, ExpectMsg<RequestFailed>().Code);

        _model.OpenProblem = null;
        AwaitRetry(TimeSpan.FromSeconds(15));

        AwaitState(ModelState.Ready);
        Assert.Null(GetState().Problem);
        Ask("hello");
        ExpectMsg<Embedded>();
    }

    [Fact]
    public void A_model_that_keeps_failing_is_tried_less_and_less_often()
    {
        _model.OpenProblem = "gone";
        Ask("hello");
        ExpectMsg<RequestFailed>();
        foreach (int seconds in new[] { 15, 30, 60, 120, 240, 240 })
        {
            Ask("hello");
            Assert.Equal(TimeSpan.FromSeconds(seconds), ExpectMsg<RequestFailed>().RetryAfter);
            AwaitRetry(TimeSpan.FromSeconds(seconds));
        }

        _model.OpenProblem = null;
        AwaitRetry(TimeSpan.FromSeconds(240));
        LoadModel();
        _model.OpenProblem = "gone again";
        _model.FailNext = 1;
        Ask("hello");
        Assert.Equal(TimeSpan.FromSeconds(15), ExpectMsg<RequestFailed>().RetryAfter);
    }

    private void AwaitRetry(TimeSpan delay)
    {
        AwaitState(ModelState.Degraded);
        int attempts = _model.OpenAttempts;
        _time.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal(ModelState.Degraded, GetState().Model);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        AwaitAssert(() => Assert.Equal(attempts + 1, _model.OpenAttempts));
    }

    [Fact]
    public void A_session_that_talks_nonsense_is_not_used()
    {
        _model.TalksNonsense = true;
        Ask("hello");

        var failed = ExpectMsg<RequestFailed>();
        Assert.Equal(FailureCode.ModelUnavailable, failed.Code);
        Assert.Contains("unit vector", failed.Message);
        Assert.Empty(_model.Runs);
        AwaitAssert(() => Assert.Equal(_model.Opened, _model.Disposed));
    }

    [Fact]
    public void A_session_that_is_broken_after_a_failed_run_is_degraded_at_once()
    {
        StartRun();
        _model.OpenProblem = "no more memory";
        _model.FailNext = 1;
        Embed queued = Ask("waits");
        AwaitAssert(() => Assert.Equal(1, GetState().QueuedQueries));
        OpenGate();

        RequestFailed[] failed = [.. ReceiveN(2).Cast<RequestFailed>()];
        Assert.All(failed, f => Assert.Contains("no more memory", f.Message));
        Assert.Contains((queued.RequestId, FailureCode.ModelUnavailable), failed.Select(Failed));
        Assert.Equal(ModelState.Degraded, GetState().Model);
    }

    [Fact]
    public void A_run_that_hangs_is_terminated_and_its_texts_are_tried_again_in_a_new_session()
    {
        Embed hangs = StartRun();

        _time.Advance(TimeSpan.FromSeconds(10));

        AwaitAssert(() => Assert.Equal((2, 2, 1), (_model.Runs.Count, _model.Opened, _model.Disposed)));
        OpenGate();
        Assert.Equal(hangs.RequestId, ExpectMsg<Embedded>().RequestId);
        Assert.Equal(1, _model.PeakOpen);
    }

    [Fact]
    public void A_text_that_always_hangs_is_told_so()
    {
        Embed hangs = StartRun();
        _time.Advance(TimeSpan.FromSeconds(10));
        AwaitAssert(() => Assert.Equal((2, 1), (_model.Opened, _model.Running)));
        _time.Advance(TimeSpan.FromSeconds(10));

        var failed = ExpectMsg<RequestFailed>();
        Assert.Equal((hangs.RequestId, FailureCode.BadRequest), Failed(failed));
        Assert.Contains("longer than 00:00:10", failed.Message);
    }

    [Fact]
    public void A_run_that_nothing_ends_degrades_the_model_for_good_and_asks_for_the_hosts_end()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SessionStuck));
        _model.IgnoresTerminate = true;
        Embed stuck = StartRun();

        _time.Advance(TimeSpan.FromSeconds(10));
        AwaitAssert(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(ModelState.Degraded, GetState().Model);
        });

        object[] messages = [.. ReceiveN(2)];
        Assert.Single(messages.OfType<SessionStuck>());
        Assert.Equal((stuck.RequestId, FailureCode.ModelUnavailable), Failed(Assert.Single(messages.OfType<RequestFailed>())));
        _time.Advance(TimeSpan.FromHours(1));
        Ask("another");
        Assert.Equal(FailureCode.ModelUnavailable, ExpectMsg<RequestFailed>().Code);
        Assert.Equal(1, _model.Opened);
        OpenGate();
    }

    [Fact]
    public void Over_the_memory_ceiling_the_session_is_opened_anew_after_the_run_and_nothing_is_lost()
    {
        LoadModel();
        _time.Advance(TimeSpan.FromSeconds(10));
        StartRun();
        Ask("waits");
        _residentBytes = Ceiling + 1;
        _time.Advance(TimeSpan.FromSeconds(5));
        AwaitAssert(() => Assert.Equal(1, GetState().RecreatedSessions));
        Assert.Equal((1, 1), (_model.Opened, _model.Running));
        Ask("arrives meanwhile");
        OpenGate();

        Assert.Equal(3, ReceiveN(3).Cast<Embedded>().Count());
        Assert.Equal((2, 1), (_model.Opened, _model.PeakOpen));
    }

    [Fact]
    public void Over_the_ceiling_for_long_the_session_is_opened_anew_only_every_few_minutes()
    {
        LoadModel();
        _residentBytes = Ceiling + 1;
        _time.Advance(TimeSpan.FromSeconds(15));
        AwaitAssert(() => Assert.Equal((2, ModelState.Ready), (_model.Opened, GetState().Model)));

        for (int seconds = 15; seconds < 300; seconds += 15)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(1, GetState().RecreatedSessions);
        }

        _time.Advance(TimeSpan.FromSeconds(15));
        AwaitAssert(() => Assert.Equal(3, _model.Opened));
        Assert.Equal((2, 1), (GetState().RecreatedSessions, _model.PeakOpen));
    }

    [Fact]
    public void An_idle_model_is_unloaded_and_loaded_again_on_demand()
    {
        LoadModel();

        _time.Advance(TimeSpan.FromMinutes(10));

        AwaitAssert(() => Assert.Equal((ModelState.Unloaded, 1), (GetState().Model, _model.Disposed)));
        Ask("hello again");
        ExpectMsg<Embedded>();
        Assert.Equal((2, 1), (_model.Opened, _model.PeakOpen));
    }

    [Fact]
    public void Work_that_is_expected_finds_the_model_loaded_and_none_that_never_comes_keeps_it()
    {
        _embedding.Tell(ExpectWork.Instance, TestActor);
        AwaitAssert(() => Assert.Equal((ModelState.Ready, 1), (GetState().Model, _model.Opened)));
        _embedding.Tell(ExpectWork.Instance, TestActor);

        _time.Advance(TimeSpan.FromMinutes(10));

        AwaitAssert(() => Assert.Equal((ModelState.Unloaded, 1, 1), (GetState().Model, _model.Opened, _model.Disposed)));
    }

    [Fact]
    public void The_session_is_disposed_when_the_system_stops()
    {
        LoadModel();
        Watch(_embedding);

        Sys.Stop(_embedding);

        ExpectTerminated(_embedding);
        Assert.Equal(1, _model.Disposed);
    }
}
