using Akka.Actor;
using Akka.TestKit;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Query;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Requests;
using Xunit;
using MemoryPage = LocalRecall.Contracts.Messages.MemoryPage;

namespace LocalRecall.Tests.Actors.Query;

public sealed class SearchTests : HostTest
{
    [Theory]
    [InlineData("\"unbalanced")]
    [InlineData("apples AND NOT (bananas")]
    [InlineData("sub*ject:apples NEAR/3")]
    [InlineData("';DROP TABLE memories;--")]
    [InlineData("\0\u0001\uffff 🍎")]
    [InlineData("the of and")]
    public void Queries_that_look_like_syntax_are_just_text(string query)
    {
        Add("Fruit", "Apples and bananas are fruit.");

        Assert.Null(Search(query).Degraded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n\t ")]
    public void An_empty_query_finds_nothing_and_says_why(string query)
    {
        Add("Fruit", "Apples and bananas are fruit.");

        SearchResults results = Search(query);
        Assert.Empty(results.Hits);
        Assert.Contains("empty", results.Degraded);
    }

    [Fact]
    public void A_huge_query_is_answered()
    {
        Add("Fruit", "Apples and bananas are fruit.");

        Assert.Equal("Fruit", Search(string.Join(' ', Enumerable.Repeat("apples bananas", 5_000))).Hits[0].Summary.Subject);
    }

    [Fact]
    public void Filters_hold_for_both_ways_of_search()
    {
        Add("Global", "Apples everywhere, always.");
        Add("Filed", "Apples in one file only.", appliesTo: "file:/repo/src/apples.cs", project: "/repo");
        Add("Other", "Apples of another project.", project: "/other");
        Add("Thought", "## Thought\n\nApples?\n\n## Output\n\nApples.", kind: "thinking");

        string[] Subjects(MemoryFilter filter) => [.. Search("apples", filter).Hits.Select(h => h.Summary.Subject).Order()];

        Assert.Equal(["Filed", "Global", "Other", "Thought"], Subjects(MemoryFilter.None));
        Assert.Equal(["Thought"], Subjects(new MemoryFilter(["thinking"])));
        Assert.Equal(["Filed", "Global", "Thought"], Subjects(new MemoryFilter([], Project: "/repo")));
        Assert.Equal(["Filed", "Global", "Other", "Thought"], Subjects(new MemoryFilter([], Scope: "file:/repo/./src//apples.cs")));
        Assert.Equal(["Global", "Other", "Thought"], Subjects(new MemoryFilter([], Scope: "file:/repo/src/pears.cs")));
        Assert.Empty(Subjects(new MemoryFilter([], Until: DateTimeOffset.UnixEpoch)));
        Assert.Equal(FailureCode.BadRequest, Ask<Failure>(h => new Search(h, "apples", new MemoryFilter(["fruit"]), 10, 1000)).Code);
    }

    [Fact]
    public void A_hit_that_does_not_fit_the_budget_does_not_end_the_list()
    {
        Add("Long", "Quince. " + string.Join(' ', Enumerable.Repeat("Quince jam is cooked for hours.", 100)));
        Add("Short", "Quince is a fruit.");

        SearchResults results = Search("quince", maxTokens: 100);

        Assert.Equal(2, results.Total);
        Assert.Contains(results.Hits, h => h.Summary.Subject == "Short" && !h.Shortened);
        Assert.True(results.TokensUsed <= 100);
    }

    [Fact]
    public void The_largest_reply_still_fits_a_frame()
    {
        for (int i = 0; i < 60; i++)
        {
            Add($"Large {i}", $"{i} " + new string('界', 3_000) + " rambutan");
        }

        SearchResults results = Search("rambutan", limit: 100, maxTokens: 25_000);

        Assert.NotEmpty(results.Hits);
        Assert.True(MessageCodec.SizeOf(results) <= WireLimits.MaxMessageBytes);
    }

    [Fact]
    public void A_large_memory_comes_in_parts_that_make_the_whole()
    {
        string content = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"{i} 界🍎"));
        string path = WriteFile("large.txt", content);
        Import(path);
        Guid id = Assert.Single(Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 10)).Memories).Id;
        var whole = new System.Text.StringBuilder();
        MemoryFound part;
        do
        {
            part = Ask<MemoryFound>(h => new GetMemory(h, id, whole.Length));
            Assert.True(MessageCodec.SizeOf(part) <= WireLimits.MaxMessageBytes);
            whole.Append(part.Content);
        }
        while (whole.Length < part.TotalLength);

        Assert.Equal(content, whole.ToString());
    }

    [Fact]
    public void Lists_come_page_by_page_newest_first()
    {
        for (int i = 0; i < 25; i++)
        {
            Add($"Memory {i}", $"This is memory number {i} of some.");
        }

        List<string> subjects = [];
        string? cursor = null;
        do
        {
            MemoryPage page = Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, cursor, 10));
            Assert.Equal(25, page.Total);
            subjects.AddRange(page.Memories.Select(m => m.Subject));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(25, subjects.Distinct().Count());
        Assert.Equal(25, subjects.Count);
    }

    [Fact]
    public void Texts_are_embedded_for_a_client()
    {
        TextsEmbedded embedded = Ask<TextsEmbedded>(h => new EmbedTexts(h, ["one", "two"], IsQuery: false));

        Assert.Equal(2 * embedded.Dimensions * sizeof(float), embedded.Vectors.Length);
        Assert.Empty(Ask<TextsEmbedded>(h => new EmbedTexts(h, [], IsQuery: true)).Vectors.ToArray());
        Assert.Equal(FailureCode.BadRequest, Ask<Failure>(h => new EmbedTexts(h, [.. Enumerable.Repeat("x", WireLimits.MaxEmbedTexts + 1)], IsQuery: true)).Code);
    }

    [Fact]
    public void A_sound_index_has_no_problems()
    {
        Add("Fruit", "Apples and bananas are fruit.");

        Assert.Empty(Ask<IntegrityReport>(h => new CheckIntegrity(h)).Problems);
    }

    [Theory]
    [InlineData("# Fruit\n\nApples are round.", typeof(IndexProtocol.DescribeChunks))]
    [InlineData("# Fruit\n\nApples are round.", typeof(IndexProtocol.GetChunks))]
    [InlineData(null, typeof(IndexProtocol.DescribeChunks))]
    [InlineData(null, typeof(IndexProtocol.GetChunks))]
    public void What_is_indexed_anew_in_the_middle_of_a_search_is_found_and_what_is_deleted_is_not(string? changed, Type before)
    {
        string path = WriteFile("fruit.md", "# Fruit\n\nApples are sweet.");
        Import(path);
        TestProbe index = CreateTestProbe(), client = CreateTestProbe();
        var ports = new QueryPorts(index, Host.Embedding, new ModelInForce(Catalog), SearchSettings.From(Sys.Settings.Config.GetConfig("localrecall")), new HostMetrics(Meters));
        IActorRef query = Sys.ActorOf(QueryActor.CreateProps(ports, new RequestLimits(1, 1)));
        var header = new RequestHeader(Guid.NewGuid(), Guid.Empty, Sys.Scheduler.Now.AddSeconds(30));
        query.Tell(new Authorized<Search>(new Search(header, "apples", MemoryFilter.None, 10, 2000), client, new ClientId("a")));

        void PassOnUntil(Type step) => index.FishForMessage(message =>
        {
            if (message.GetType() != step) index.Forward(Host.Index, message);
            return message.GetType() == step;
        });
        PassOnUntil(before);
        if (changed is null) File.Delete(path);
        else File.WriteAllText(path, changed);
        Import(path);
        index.Forward(Host.Index);
        PassOnUntil(typeof(IndexProtocol.GetChunks));
        index.Forward(Host.Index);

        SearchResults results = client.ExpectMsg<SearchResults>();
        Assert.Null(results.Degraded);
        Assert.Equal(changed is null ? [] : ["Fruit: keyword"], results.Hits.Select(hit => $"{hit.Summary.Subject}: {hit.Matched[^1]}"));
        Assert.All(results.Hits, hit => Assert.Contains("round", hit.Content));
    }

    private SearchResults Explained(string query, double minConfidence = 0, int limit = 10, int maxTokens = 2000, string session = "") =>
        Ask<SearchResults>(h => new Search(h, query, MemoryFilter.None, limit, maxTokens, session, Explain: true, MinConfidence: minConfidence));

    [Fact]
    public void What_is_too_unlikely_to_fit_is_left_out_and_counted()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        Add("Plural", "Apples, many apples, nothing but apples.");
        double[] confidences = [.. Search("apples bananas").Hits.Select(hit => hit.Confidence!.Value).Order()];
        Assert.True(confidences[0] < confidences[1]);

        SearchResults results = Explained("apples bananas", minConfidence: confidences[1]);

        Assert.Equal((1, 1, 1), (results.Hits.Count, results.Total, results.BelowFloor));
        FallenHit fallen = Assert.Single(results.Explanation!.Fallen);
        Assert.Equal(("below-floor", confidences[0]), (fallen.Reason, fallen.Confidence));
        Assert.NotEqual(results.Hits[0].Summary.Id, fallen.Id);
        Assert.Equal(2, Search("apples bananas").Hits.Count);
        Assert.Empty(Explained("apples bananas", minConfidence: 1).Hits);
    }

    [Fact]
    public void An_explanation_says_what_was_looked_for_and_by_what_rules()
    {
        Add("Fruit", "Apples and bananas are fruit.");

        SearchResults results = Explained("apples \"bananas are\" zebra");

        SearchExplanation explanation = results.Explanation!;
        Assert.Equal([new QueryTerm("bananas are", 1), new QueryTerm("apples", 1), new QueryTerm("bananas", 1), new QueryTerm("zebra", 0)], explanation.Terms);
        Assert.Contains(new RankingOption("keyword-weight", Sys.Settings.Config.GetString("localrecall.ranking.keyword-weight")), explanation.Options);
        Assert.Equal((1, 0, 0), (explanation.Candidates, explanation.Noise, explanation.Excluded));
        HitExplanation why = Assert.Single(results.Hits).Explanation!;
        Assert.Equal((1, 1, 1), (why.VectorRank, why.KeywordRank, why.Chunks));
        Assert.InRange(why.TermShare, 0.01, 0.99);
        Assert.Equal(results.Hits[0].Score, why.VectorShare + why.KeywordShare + why.Boosts.Sum(boost => boost.Value), 9);
        Assert.Null(Search("apples").Explanation);
        Assert.Null(Search("apples").Hits[0].Explanation);
    }

    [Fact]
    public void What_fell_says_why()
    {
        Add("One", "Quince is a fruit.");
        Add("Two", "Quince is yellow. " + string.Join(' ', Enumerable.Repeat("Quince jam is cooked for hours.", 50)));
        Add("Three", "Quince is sour. " + string.Join(' ', Enumerable.Repeat("Quince wine takes years.", 50)));

        Assert.Equal(["beyond-limit", "beyond-limit"], Explained("quince", limit: 1).Explanation!.Fallen.Select(hit => hit.Reason));
        Assert.Equal(["over-budget", "over-budget"], Explained("quince", maxTokens: 10).Explanation!.Fallen.Select(hit => hit.Reason));
    }

    [Fact]
    public void What_the_session_has_already_is_counted_as_left_out()
    {
        MemoryAdded given = Add("Fruit", "Apples and bananas are fruit.");
        Add("More", "Apples are round.");
        Host.Index.Tell(new IndexProtocol.NoteSessionMemories(Guid.NewGuid(), "s1", [new MemoryId(given.Id)], SessionRole.Given), TestActor);
        ExpectMsg<IndexProtocol.SessionMemoriesNoted>();

        SearchResults results = Explained("apples", session: "s1");

        Assert.Equal("More", Assert.Single(results.Hits).Summary.Subject);
        Assert.Equal(1, results.Explanation!.Excluded);
    }
}
