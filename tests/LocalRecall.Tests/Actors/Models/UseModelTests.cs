using System.Numerics.Tensors;
using Akka.Actor;
using Akka.TestKit;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Chunking;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Embedding;
using Xunit;

namespace LocalRecall.Tests.Actors.Models;

public sealed class UseModelTests : HostTest
{
    private ScriptedEmbedder Other { get; } = new("other@1", dimensions: 96);

    private ScriptedEmbedder Third { get; } = new("third@1", dimensions: 80);

    private protected override IEmbedderFactory[] AllModels => [Model, Other, Third];

    private ModelUsed Use(string name, bool dryRun = false) => Ask<ModelUsed>(h => new UseModel(h, name, Rollback: false, dryRun));

    private ModelUsed RollBack() => Ask<ModelUsed>(h => new UseModel(h, "", Rollback: true, DryRun: false));

    private Failure Refused(string name) => Ask<Failure>(h => new UseModel(h, name, Rollback: false, DryRun: false));

    private Dictionary<string, (string Role, long Vectors)> List() =>
        Ask<ModelList>(h => new ListModels(h)).Models.ToDictionary(model => model.Name.Length > 0 ? model.Name : model.Id, model => (model.Role, model.Vectors));

    /// <summary>A search for a memory's whole text, subject included, has cosine 1 if both vectors are of one model.</summary>
    private void AssertSearchedWith(ScriptedEmbedder model, string subject, string content)
    {
        string text = EmbeddingText.Compose(subject, "", content);
        SearchResults results = Search(text);
        Assert.Null(results.Degraded);
        Assert.All(results.Hits, hit => Assert.Equal(
            TensorPrimitives.Dot<float>(model.Vector(text), model.Vector(EmbeddingText.Compose(hit.Summary.Subject, "", hit.Content))),
            hit.Cosine!.Value, 1e-4f));
        Assert.Contains(results.Hits, hit => hit.Content == content && hit.Cosine > 0.999f);
    }

    private void AddSome(int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            Add($"Subject {i}", $"Content number {i} {new string((char)('a' + i % 26), 20)}");
        }
    }

    /// <summary>Waits until a build is on its way and one of its runs is at the gate.</summary>
    private TestProbe BeginBuild()
    {
        Other.Gate = new SemaphoreSlim(0);
        TestProbe client = Send(h => new UseModel(h, "other", Rollback: false, DryRun: false));
        AwaitAssert(() =>
        {
            if (List()["other"].Role.Length == 0)
            {
                Other.Gate.Release(); // the check passes
            }

            Assert.Equal(("building", 1), (List()["other"].Role, Other.Waiting));
        });
        return client;
    }

    [Fact]
    public void Every_chunk_is_embedded_beside_the_old_vectors_and_then_the_new_ones_are_searched()
    {
        AddSome(0, 40);

        ModelUsed used = Use("other");

        Assert.Equal(("other@1", "scripted@1", 40L, 40L, 40L, true), (used.ModelId, used.Previous, used.Chunks, used.Pending, used.Embedded, used.Switched));
        AssertSearchedWith(Other, "Subject 7", $"Content number 7 {new string('h', 20)}");
        Assert.Equal("other@1", Status().Model.Id);
        Assert.Equal(new() { ["scripted"] = ("previous", 40), ["other"] = ("in-force", 40), ["third"] = ("", 0) }, List());
        AwaitAssert(() => Assert.Equal((0, 1), (Model.Open, Other.Open)));
        Assert.Equal("other@1", Ask<TextsEmbedded>(h => new EmbedTexts(h, ["a text"], IsQuery: false)).ModelId);
    }

    [Fact]
    public void While_it_is_built_the_old_model_answers_and_what_comes_gets_vectors_of_both()
    {
        AddSome(0, 40);
        TestProbe client = BeginBuild();
        string stored = EmbeddingText.Compose("Subject 3", "", $"Content number 3 {new string('d', 20)}"), more = $"Content number 40 {new string('o', 20)}";
        TestProbe search = Send(h => new Search(h, stored, MemoryFilter.None, 10, 2000));
        TestProbe add = Send(h => new AddMemory(h, "episodic", "Subject 40", ["test"], "global", null, null, more));
        Other.Gate!.Release(); // a run ends; what somebody waits for comes next

        Assert.Contains(search.ExpectMsg<SearchResults>(TimeSpan.FromSeconds(20)).Hits, hit => hit.Cosine > 0.9999f);
        Assert.Equal("scripted@1", Status().Model.Id);
        Other.Gate.Release(1000);

        add.ExpectMsg<MemoryAdded>(TimeSpan.FromSeconds(20));
        Assert.Equal(40, client.FishForMessage<ModelUsed>(_ => true, TimeSpan.FromSeconds(20)).Pending);
        AssertSearchedWith(Other, "Subject 40", more);
        Assert.Equal(0, Status().Index.PendingChunks);
    }

    [Fact]
    public void A_build_that_is_cancelled_leaves_the_old_model_in_force_and_the_next_one_goes_on_there()
    {
        AddSome(0, 100);
        Other.Gate = new SemaphoreSlim(0);
        Guid id = Guid.NewGuid();
        TestProbe client = CreateTestProbe();
        Guid ticket = Hello(client);
        Host.Gateway.Tell(new UseModel(new RequestHeader(id, ticket, Sys.Scheduler.Now.AddMinutes(1)), "other", Rollback: false, DryRun: false), client);
        AwaitAssert(() =>
        {
            Other.Gate.Release();
            Assert.True(List()["other"].Vectors > 0);
        });

        Host.Gateway.Tell(new Cancel(id, ticket), client);
        AwaitAssert(() => Assert.Equal(0, Other.Open + Other.Running), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(20));
        Assert.Equal("scripted@1", Status().Model.Id);
        long done = List()["other"].Vectors;
        Assert.InRange(done, 1, 99);

        Other.Gate = null;
        ModelUsed used = Use("other");
        Assert.Equal((100 - done, 100 - done), (used.Pending, used.Embedded));
    }

    [Fact]
    public void Back_at_once_and_what_came_meanwhile_is_caught_up_after()
    {
        AddSome(0, 5);
        Ask<TextsEmbedded>(h => new EmbedTexts(h, ModelCheck.Texts, IsQuery: false)); // the check needs no run
        Use("other");
        AddSome(5, 2);

        Model.Gate = new SemaphoreSlim(0);
        ModelUsed back = RollBack();

        Assert.Equal(("scripted@1", "other@1", 2L, 0L, true), (back.ModelId, back.Previous, back.Pending, back.Embedded, back.Switched));
        Assert.Equal(2, Status().Index.PendingChunks);
        Model.Gate.Release(1000);
        AwaitAssert(() => Assert.Equal(0, Status().Index.PendingChunks));
        AssertSearchedWith(Model, "Subject 6", $"Content number 6 {new string('g', 20)}");

        Assert.Equal("other@1", RollBack().ModelId);
        AssertSearchedWith(Other, "Subject 6", $"Content number 6 {new string('g', 20)}");
    }

    [Fact]
    public void One_previous_generation_is_kept()
    {
        AddSome(0, 3);
        Use("other");
        Use("third");

        AwaitAssert(() => Assert.Equal(new() { ["scripted"] = ("", 0), ["other"] = ("previous", 3), ["third"] = ("in-force", 3) }, List()));
    }

    [Fact]
    public void The_next_host_goes_on_with_the_model_in_force()
    {
        AddSome(0, 3);
        Use("other");

        StopHost();
        StartHost();

        AssertSearchedWith(Other, "Subject 1", $"Content number 1 {new string('b', 20)}");
        Assert.Equal("scripted@1", RollBack().ModelId);
    }

    [Fact]
    public void A_writer_that_is_made_anew_searches_the_model_in_force()
    {
        AddSome(0, 3);
        Use("other");

        Sys.ActorSelection("/user/index/$a").Tell(Kill.Instance);

        // What was on its way to the writer as it was killed may be lost; a client asks again.
        AwaitAssert(() => Send(h => new AddMemory(h, "episodic", "Subject 3", ["test"], "global", null, null, $"Content number 3 {new string('d', 20)}"))
            .ExpectMsg<MemoryAdded>(TimeSpan.FromSeconds(3)), TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(50));
        AssertSearchedWith(Other, "Subject 3", $"Content number 3 {new string('d', 20)}");
    }

    [Fact]
    public void A_dry_run_and_the_model_in_force_change_nothing()
    {
        AddSome(0, 3);

        ModelUsed would = Use("other@1", dryRun: true);
        Assert.Equal(("other@1", "scripted@1", 3L, 0L, false), (would.ModelId, would.Previous, would.Pending, would.Embedded, would.Switched));
        Assert.False(Use("scripted").Switched);
        Assert.Equal(0, Other.Opened);
        Assert.Equal(new ModelGenerations("scripted@1"), Catalog.Generations);
    }

    [Fact]
    public void A_model_that_can_not_be_used_is_refused_and_the_old_one_stays()
    {
        AddSome(0, 3);
        Failure unknown = Refused("nonsense");
        Assert.Equal(FailureCode.NotFound, unknown.Code);
        Assert.Contains("other, third", unknown.Message);
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new UseModel(h, "", Rollback: true, DryRun: false)).Code);

        Catalog.ProvisionProblem = "there is no network";
        Assert.Contains("no network", Refused("other").Message);
        Catalog.ProvisionProblem = null;
        Other.OpenProblem = "it is damaged";
        Assert.Equal(FailureCode.ModelUnavailable, Refused("other").Code);
        Other.OpenProblem = null;
        Catalog.RecordFails = true;
        Assert.Contains("disk is full", Refused("other").Message);

        Catalog.RecordFails = false;
        AssertSearchedWith(Model, "Subject 1", $"Content number 1 {new string('b', 20)}");
        Assert.True(Use("other").Switched);
    }

    [Fact]
    public void Two_changes_take_turns()
    {
        AddSome(0, 40);
        TestProbe first = BeginBuild();
        TestProbe second = Send(h => new UseModel(h, "third", Rollback: false, DryRun: false));
        Assert.Equal("wait", second.ExpectMsg<ModelProgress>(TimeSpan.FromSeconds(10)).Step);

        Other.Gate!.Release(1000);

        Assert.Equal("scripted@1", first.FishForMessage<ModelUsed>(_ => true, TimeSpan.FromSeconds(20)).Previous);
        Assert.Equal("other@1", second.FishForMessage<ModelUsed>(_ => true, TimeSpan.FromSeconds(20)).Previous);
        AssertSearchedWith(Third, "Subject 1", $"Content number 1 {new string('b', 20)}");
    }
}
