using Akka.Actor;
using Akka.TestKit;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Query;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using Xunit;

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
        var ports = new QueryPorts(index, Host.Embedding, Model, SearchSettings.From(Sys.Settings.Config.GetConfig("localrecall")), new HostMetrics(Meters));
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
}
