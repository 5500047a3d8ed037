using Akka.Actor;
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

/// <summary>The model in force, and another one beside it.</summary>
public sealed class TwoModelsTests : TestKit
{
    private static readonly EmbeddingSettings Settings = new(
        EmbeddingLimits.Default with { RunTarget = TimeSpan.FromHours(1) }, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), 0);

    private readonly TestMeters _meters = new();
    private readonly ScriptedEmbedder _model = new();
    private readonly ScriptedEmbedder _other = new("other@1", dimensions: 96);
    private readonly ScriptedEmbedder _third = new("third@1", dimensions: 80);
    private readonly IActorRef _embedding;

    public TwoModelsTests()
        : base(TestConfiguration.WithVirtualTime)
    {
        _embedding = Sys.ActorOf(EmbeddingActor.CreateProps(ScriptedModels.InForce(_model, _other, _third), Settings, new EmbeddingMetrics(_meters), () => 0));
    }

    private Guid Ask(ScriptedEmbedder model, params string[] texts)
    {
        var request = new Embed(
            Guid.NewGuid(), new ClientId("a"), EmbeddingLane.Query, [.. texts.Select(text => TokenizedText.Of(text, EmbeddingPurpose.Document, model))],
            Sys.Scheduler.Now.AddHours(1));
        _embedding.Tell(request, TestActor);
        return request.RequestId;
    }

    private float[] Vector(ScriptedEmbedder model, string text)
    {
        Ask(model, text);
        return Assert.Single(ExpectMsg<Embedded>().Vectors);
    }

    [Fact]
    public void Each_text_is_embedded_by_its_own_model_and_found_again_only_for_it()
    {
        Assert.Equal(_model.Vector("a text"), Vector(_model, "a text"));
        Assert.Equal(_other.Vector("a text"), Vector(_other, "a text"));
        Assert.Equal(_model.Vector("a text"), Vector(_model, "a text"));
        Assert.Equal((1, 1), (_model.Ended, _other.Ended));
    }

    [Fact]
    public void Runs_of_two_models_never_overlap()
    {
        _model.Gate = _other.Gate = new SemaphoreSlim(0);
        for (int i = 0; i < 6; i++)
        {
            Ask(i % 2 == 0 ? _model : _other, $"text {i}");
        }

        for (int done = 0; done < 6; done++)
        {
            AwaitAssert(() => Assert.Equal(1, _model.Waiting + _other.Waiting));
            Assert.Equal(1, _model.Running + _other.Running);
            _model.Gate.Release();
            ExpectMsg<Embedded>();
        }
    }

    [Fact]
    public void A_model_that_does_not_load_is_refused_to_who_wants_it_and_the_other_goes_on()
    {
        Vector(_model, "one");
        _other.OpenProblem = "no such file";
        _model.Gate = new SemaphoreSlim(0);
        Ask(_model, "in progress");
        AwaitAssert(() => Assert.Equal(1, _model.Waiting));
        Guid refused = Ask(_other, "two");
        Guid answered = Ask(_model, "three");
        _model.Gate.Release(3);

        ExpectMsg<Embedded>();
        RequestFailed failure = ExpectMsg<RequestFailed>();
        Assert.Equal((refused, FailureCode.ModelUnavailable), (failure.RequestId, failure.Code));
        Assert.Contains("no such file", failure.Message);
        Assert.Equal(answered, ExpectMsg<Embedded>().RequestId);
        Assert.Equal(1, _model.Opened);

        _other.OpenProblem = null;
        Assert.Equal(_other.Vector("four"), Vector(_other, "four"));
    }

    [Fact]
    public void A_model_whose_runs_keep_failing_is_refused_and_the_one_in_force_is_not_degraded()
    {
        Vector(_model, "one");
        _other.FailNext = 100;
        RequestFailed failure;
        do
        {
            Ask(_other, "two");
            failure = ExpectMsg<RequestFailed>();
        }
        while (failure.Code == FailureCode.BadRequest);

        Assert.Equal(FailureCode.ModelUnavailable, failure.Code);
        Assert.Equal(_model.Vector("three"), Vector(_model, "three"));
    }

    [Fact]
    public void Who_is_released_is_closed_and_a_third_takes_the_place_of_the_one_used_longest_ago()
    {
        Vector(_model, "one");
        Vector(_other, "one");
        _embedding.Tell(new Release("other@1"));
        AwaitAssert(() => Assert.Equal((1, 0), (_model.Open, _other.Open)));

        Vector(_other, "two");
        Vector(_model, "two");
        Vector(_third, "one");
        Assert.Equal((1, 0, 1), (_model.Open, _other.Open, _third.Open));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }
}
