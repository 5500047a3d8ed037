using System.Runtime.InteropServices;
using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Embedding;
using Xunit;

namespace LocalRecall.Tests.Actors.Query;

/// <summary>What was embedded once is not embedded again.</summary>
public sealed class KnownVectorsTests : HostTest
{
    private IEnumerable<string> Embedded => Model.Runs.SelectMany(run => run).Select(ids => string.Concat(ids.Select(id => (char)id)));

    private float[][] Embed(params string[] texts)
    {
        TextsEmbedded embedded = Ask<TextsEmbedded>(h => new EmbedTexts(h, texts, IsQuery: false));
        Assert.Equal(texts.Sum(text => text.Length), embedded.Tokens);
        return [.. MemoryMarshal.Cast<byte, float>(embedded.Vectors.Span).ToArray().Chunk(embedded.Dimensions)];
    }

    private void AwaitRemembered(string text) => AwaitAssert(() =>
    {
        Host.Index.Tell(new IndexProtocol.FindVectors(Guid.NewGuid(), Model.Model.Id, [TextHash.Of(text)]), TestActor);
        Assert.Single(ExpectMsg<IndexProtocol.VectorsFound>().Vectors);
    });

    [Fact]
    public void A_query_that_was_asked_before_needs_no_model_in_the_next_host_either()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        SearchHit first = Assert.Single(Search("what is round and sweet like apples").Hits);
        AwaitRemembered("what is round and sweet like apples");
        StopHost();
        int runs = Model.Runs.Count;

        StartHost();
        SearchResults again = Search("what is round and sweet like apples");

        Assert.Null(again.Degraded);
        Assert.Equal(first.Cosine, Assert.Single(again.Hits).Cosine);
        Assert.Equal(("unloaded", 0), (Status().Model.State, Status().Model.Runs));
        Assert.Equal(runs, Model.Runs.Count);
    }

    [Fact]
    public void Texts_of_a_client_are_embedded_once_and_answered_in_order()
    {
        Embed("one", "two", "two");
        AwaitRemembered("two");

        float[][] vectors = Embed("two", "three", "one", "three", "four");

        Assert.Equal(["two", "three", "one", "three", "four"], vectors.Select(v => Array.Find(["one", "two", "three", "four"], t => v.SequenceEqual(ScriptedEmbedder.VectorOf(t)))));
        Assert.Equal(["four", "one", "three", "two"], Embedded.Order());
    }

    [Fact]
    public void What_was_embedded_reaches_no_worker_of_an_embedding_actor_made_anew()
    {
        Embed("a text");
        AwaitRemembered("a text");
        Host.Embedding.Tell(Kill.Instance);

        Assert.Equal(ScriptedEmbedder.VectorOf("a text"), Assert.Single(Embed("a text")));

        Assert.Single(Model.Runs);
    }

    [Fact]
    public void A_model_that_cannot_be_used_is_not_missed_for_what_is_known()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        Search("apples");
        Embed("a text");
        AwaitRemembered("apples");
        AwaitRemembered("a text");
        StopHost();
        Model.OpenProblem = "no model today";
        StartHost();

        Assert.Contains("no model today", Search("pears").Degraded);
        Assert.Equal("degraded", Status().Model.State);
        Assert.Null(Search("apples").Degraded);
        Assert.Equal(ScriptedEmbedder.VectorOf("a text"), Assert.Single(Embed("a text")));
        Assert.Equal(FailureCode.ModelUnavailable, Ask<Failure>(h => new EmbedTexts(h, ["a text", "another"], IsQuery: false)).Code);
    }

    [Fact]
    public void The_vector_of_a_clients_text_serves_a_memory_that_says_the_same()
    {
        string body = "Apples and bananas are fruit, as everybody knows.";
        Embed("Fruit\n" + body);
        AwaitRemembered("Fruit\n" + body);

        Add("Fruit", body);

        Assert.Single(Embedded, text => text == "Fruit\n" + body);
        Assert.Equal(1, Status().Index.Vectors);
    }
}
