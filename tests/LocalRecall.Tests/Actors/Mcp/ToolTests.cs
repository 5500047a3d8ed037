using System.Text.Json;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using ModelContextProtocol.Client;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>Every tool over a whole host: names, parameters and shapes that users and their prompts know.</summary>
public sealed class ToolTests : McpTest
{
    private const string Thinking = "## Thought\n\nThe queue is drained before the lock is taken.\n\n## Output\n\nMoved the lock.";

    [Fact]
    public async Task The_list_of_tools_is_what_it_was()
    {
        JsonElement tools = (await Agent().RequestAsync("tools/list")).GetProperty("tools");

        string expected = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Actors", "Mcp", "tools-list.json"));
        string actual = JsonSerializer.Serialize(tools, new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.Equal(expected.ReplaceLineEndings("\n").TrimEnd(), actual.ReplaceLineEndings("\n"));
        Assert.All(tools.EnumerateArray(), tool => Assert.InRange(tool.GetProperty("description").GetString()!.Length, 40, 1000));
    }

    [Fact]
    public async Task A_fact_is_kept_and_read_in_the_known_shape()
    {
        await using McpClient client = await Agent("/projects/shop").ConnectClientAsync();

        JsonElement created = await CallAsync(client, "episodic_create", new
        {
            subject = "Prices are integers", keywords = new[] { "money", "cents" }, applies_to = "area:billing", content = "All prices are integers in cents.",
        });
        Assert.Equal(["success", "id", "message"], NamesOf(created));
        Assert.True(created.GetProperty("success").GetBoolean());

        JsonElement fact = await CallAsync(client, "episodic_get", new { id = created.GetProperty("id").GetString() });
        Assert.Equal(["id", "subject", "keywords", "applies_to", "occurred_at", "content_hash", "content"], NamesOf(fact));
        Assert.Equal("All prices are integers in cents.", fact.GetProperty("content").GetString());
        Assert.Equal(ContentHash.Of("All prices are integers in cents."), fact.GetProperty("content_hash").GetString());
        Assert.Equal("area:billing", fact.GetProperty("applies_to").GetString());
        Assert.EndsWith("Z", fact.GetProperty("occurred_at").GetString());

        JsonElement found = await CallAsync(client, "episodic_search", new { query = "prices in cents" });
        Assert.Equal(["results", "total", "tokens_used"], NamesOf(found));
        JsonElement hit = found.GetProperty("results")[0];
        Assert.Equal(["id", "subject", "similarity", "keywords", "applies_to", "occurred_at", "content"], NamesOf(hit));
        Assert.Equal(created.GetProperty("id").GetString(), hit.GetProperty("id").GetString());
        Assert.InRange(hit.GetProperty("similarity").GetDouble(), 0.3, 1);
        Assert.Equal("/projects/shop", Ask<MemoryFound>(h => new GetMemory(h, created.GetProperty("id").GetGuid(), 0)).Summary.Project);
    }

    [Fact]
    public async Task The_same_fact_again_is_no_second_one()
    {
        await using McpClient client = await Agent().ConnectClientAsync();
        var fact = new { subject = "Tabs", keywords = new[] { "style" }, applies_to = "global", content = "This repository indents with tabs." };
        JsonElement first = await CallAsync(client, "episodic_create", fact);

        JsonElement second = await CallAsync(client, "episodic_create", fact);

        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Contains("known already", second.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Reasoning_is_searched_and_read_in_the_known_shape()
    {
        MemoryAdded added = Add("The queue and the lock", Thinking, "thinking");
        Add("A fact", "The queue has a lock, says the fact.");
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = await CallAsync(client, "thinking_search", new { query = "queue lock" });
        JsonElement hit = Assert.Single(found.GetProperty("results").EnumerateArray());
        Assert.Equal(["id", "subject", "similarity", "applies_to", "occurred_at", "content"], NamesOf(hit));

        JsonElement read = await CallAsync(client, "thinking_get", new { id = added.Id });
        Assert.Equal(["id", "subject", "applies_to", "occurred_at", "content_hash", "content"], NamesOf(read));
        Assert.Equal(Thinking, read.GetProperty("content").GetString());
        Assert.Equal("thinking", (await CallAsync(client, "episodic_get", new { id = added.Id })).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_search_looks_in_the_project_unless_told_otherwise()
    {
        Add("Here", "The build server is called anna.", project: "/projects/here");
        Add("There", "The build server is called berta.", project: "/projects/there");
        Add("Everywhere", "A build server is restarted at night.");
        await using McpClient client = await Agent("/projects/here").ConnectClientAsync();

        Assert.Equal(["Everywhere", "Here"], await SubjectsAsync(new { query = "build server" }));
        Assert.Equal(["Everywhere", "There"], await SubjectsAsync(new { query = "build server", project = "/projects/there" }));
        Assert.Equal(["Everywhere", "Here", "There"], await SubjectsAsync(new { query = "build server", project = "any" }));
        Assert.Equal(["Everywhere", "Here"], (await CallAsync(client, "memory_list", new { })).GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("subject").GetString()!).Order());

        async Task<IEnumerable<string>> SubjectsAsync(object arguments) =>
            (await CallAsync(client, "recall_search", arguments)).GetProperty("results").EnumerateArray().Select(hit => hit.GetProperty("subject").GetString()!).Order();
    }

    [Fact]
    public async Task A_search_of_everything_filters_by_kind_scope_and_time()
    {
        Add("Fact", "The parser reads sentinel tokens.", appliesTo: "file:src/parser.cs");
        Add("The parser and its sentinels", "## Thought\n\nThe parser must stop at sentinel tokens.\n\n## Output\n\nDone.", "thinking");
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement hit = (await Search(new { query = "sentinel", kinds = new[] { "episodic" } })).Single();
        Assert.Equal(["id", "kind", "subject", "similarity", "confidence", "keywords", "applies_to", "occurred_at", "content"], NamesOf(hit));
        Assert.Equal(2, (await Search(new { query = "sentinel" })).Length);
        Assert.Equal("Fact", (await Search(new { query = "sentinel", kinds = "episodic, document" })).Single().GetProperty("subject").GetString());
        Assert.Equal("thinking", (await Search(new { query = "sentinel", scope = "file:src/other.cs" })).Single().GetProperty("kind").GetString());
        Assert.Equal(2, (await Search(new { query = "sentinel", since = "1h" })).Length);
        Assert.Empty(await Search(new { query = "sentinel", until = "2020-01-01" }));
        Assert.Single(await Search(new { query = "sentinel", limit = "1" }));

        async Task<JsonElement[]> Search(object arguments) => [.. (await CallAsync(client, "recall_search", arguments)).GetProperty("results").EnumerateArray()];
    }

    [Fact]
    public async Task When_nothing_fits_a_search_says_so_and_how_to_see_the_rest()
    {
        Add("Fact", "The parser reads sentinel tokens.");
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = await CallAsync(client, "recall_search", new { query = "sentinel", min_confidence = 1 });
        Assert.Equal(["results", "total", "tokens_used", "message"], NamesOf(found));
        Assert.Equal("Nothing fits. 1 weaker memory was left out; min_confidence 0 shows all.", found.GetProperty("message").GetString());
        Assert.Single((await CallAsync(client, "recall_search", new { query = "sentinel", min_confidence = "0" })).GetProperty("results").EnumerateArray());
    }

    [Fact]
    public async Task A_search_explains_itself_when_asked()
    {
        Add("Fact", "The parser reads sentinel tokens.");
        Add("Other", "A sentinel stands at the gate, and the gate is closed.");
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = await CallAsync(client, "recall_search", new { query = "sentinel nonesuch", limit = 1, min_confidence = 0, explain = true });

        JsonElement score = Assert.Single(found.GetProperty("results").EnumerateArray()).GetProperty("score");
        Assert.Equal(["score", "meaning", "words"], NamesOf(score).Take(3));
        Assert.Equal(["cosine", "bm25", "words_held"], NamesOf(score).TakeLast(3)); // between them whatever else counted
        Assert.Equal("sentinel", Assert.Single(score.GetProperty("words_held").EnumerateArray()).GetString());
        JsonElement explanation = found.GetProperty("explanation");
        Assert.Equal((2, 0), (explanation.GetProperty("words").GetProperty("sentinel").GetInt32(), explanation.GetProperty("words").GetProperty("nonesuch").GetInt32()));
        Assert.Equal("beyond-limit", Assert.Single(explanation.GetProperty("left_out").EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Results_keep_to_their_tokens()
    {
        for (int i = 0; i < 5; i++)
        {
            Add($"Note {i}", $"Note {i} on the harvest. " + string.Concat(Enumerable.Repeat($"The harvest of year {i} was good. ", 30)));
        }

        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = await CallAsync(client, "recall_search", new { query = "harvest", max_tokens = 300 });
        Assert.InRange(found.GetProperty("tokens_used").GetInt32(), 1, 300);
        Assert.InRange(found.GetProperty("results").EnumerateArray().Sum(hit => hit.GetProperty("content").GetString()!.Length), 1, 1200);
        Assert.Contains(found.GetProperty("results").EnumerateArray(), hit => hit.TryGetProperty("shortened", out _));

        JsonElement list = await CallAsync(client, "memory_list", new { max_tokens = 150 });
        Assert.InRange(list.GetRawText().Length, 1, 600);
        Assert.InRange(list.GetProperty("memories").GetArrayLength(), 1, 4);
        Assert.Equal(5, list.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_list_is_paged_newest_first()
    {
        for (int i = 0; i < 5; i++)
        {
            Add($"Number {i}", $"This is memory number {i}.");
        }

        await using McpClient client = await Agent().ConnectClientAsync();
        List<string> subjects = [];
        string? cursor = null;
        do
        {
            JsonElement page = await CallAsync(client, "memory_list", new { limit = 2, cursor });
            subjects.AddRange(page.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("subject").GetString()!));
            cursor = page.TryGetProperty("next_cursor", out JsonElement next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(["Number 4", "Number 3", "Number 2", "Number 1", "Number 0"], subjects);
    }

    [Fact]
    public async Task A_long_content_is_read_in_parts()
    {
        string content = string.Concat(Enumerable.Range(0, 30_000).Select(i => i % 7 == 0 ? "\"😀\" \\ " : $"word{i} ")).Trim();
        Import(WriteFile("long.md", content));
        Guid id = Assert.Single(Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 10)).Memories).Id;
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement first = await CallAsync(client, "episodic_get", new { id });
        Assert.Equal(["id", "kind", "subject", "applies_to", "occurred_at", "content", "offset", "total_length", "next_offset"], NamesOf(first));
        Assert.InRange(first.GetProperty("content").GetString()!.Length, 31_990, 32_000);
        Assert.Equal(content, await ReadAllAsync(max_tokens: 25_000));
        Assert.Equal(content[..4001], await ReadAllAsync(max_tokens: 1, upTo: 4001));

        async Task<string> ReadAllAsync(int max_tokens, int upTo = int.MaxValue)
        {
            string all = "";
            int? offset = 0;
            while (offset is { } from && all.Length < upTo)
            {
                JsonElement part = await CallAsync(client, "episodic_get", new { id, offset = from, max_tokens = upTo == int.MaxValue ? max_tokens : 500 });
                all += part.GetProperty("content").GetString();
                offset = part.TryGetProperty("next_offset", out JsonElement next) ? next.GetInt32() : null;
            }

            return all[..Math.Min(all.Length, upTo)];
        }
    }

    [Fact]
    public async Task A_memory_is_corrected()
    {
        Guid id = Add("Ports", "The service listens on port 80.", appliesTo: "area:net").Id;
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement updated = await CallAsync(client, "memory_update", new { id, content = "The service listens on port 8080." });

        Assert.Equal(["success", "id", "message"], NamesOf(updated));
        JsonElement read = await CallAsync(client, "episodic_get", new { id });
        Assert.Equal(("Ports", "area:net", "The service listens on port 8080."), (
            read.GetProperty("subject").GetString(), read.GetProperty("applies_to").GetString(), read.GetProperty("content").GetString()));
        Assert.Equal("not-found", (await FailAsync(client, "memory_update", new { id = Guid.NewGuid(), content = "There is nothing to correct." })).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_memory_is_forgotten()
    {
        Guid id = Add("Wrong", "The earth is flat, they say.").Id;
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement forgotten = await CallAsync(client, "memory_forget", new { id = $"recall://memory/{id}" });

        Assert.Equal(["success", "id", "message", "deleted_paths", "kept_paths"], NamesOf(forgotten));
        Assert.False(File.Exists(forgotten.GetProperty("deleted_paths")[0].GetString()));
        Assert.Equal("not-found", (await FailAsync(client, "episodic_get", new { id })).GetProperty("code").GetString());
        Assert.Equal(0, (await CallAsync(client, "recall_search", new { query = "earth flat" })).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task The_status_says_how_the_memory_is()
    {
        Add("One", "The only memory there is.");
        await using McpClient client = await Agent("/projects/here").ConnectClientAsync();

        JsonElement status = await CallAsync(client, "recall_status", new { });

        Assert.Equal("1.0.0", status.GetProperty("host_version").GetString());
        Assert.Equal("/projects/here", status.GetProperty("project").GetString());
        Assert.Equal("ready", status.GetProperty("index").GetProperty("state").GetString());
        Assert.Equal(1, status.GetProperty("index").GetProperty("memories").GetProperty("episodic").GetInt32());
        Assert.Equal("scripted@1", status.GetProperty("model").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Without_the_model_a_search_goes_by_words_and_says_so()
    {
        Add("Words", "A keyword search finds the zeppelin.");
        Model.OpenProblem = "no model today";
        Model.FailNext = 100;
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = new();
        await AwaitAssertAsync(async () =>
        {
            found = await CallAsync(client, "recall_search", new { query = "zeppelin " + Guid.NewGuid(), min_confidence = 0 });
            Assert.True(found.TryGetProperty("degraded", out _));
        });
        Assert.Equal("Words", found.GetProperty("results")[0].GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("recall_search", "{}", "'query' is missing")]
    [InlineData("recall_search", """{"query":["a"]}""", "'query' must be text")]
    [InlineData("recall_search", """{"query":"q","kinds":["nonsense"]}""", "no kind 'nonsense'")]
    [InlineData("recall_search", """{"query":"q","limit":"many"}""", "'limit' must be a number")]
    [InlineData("recall_search", """{"query":"q","since":"soon"}""", "'since' must be a time")]
    [InlineData("recall_search", """{"query":"q","min_confidence":2}""", "'min_confidence' must be a number from 0 to 1")]
    [InlineData("recall_search", """{"query":"q","explain":"why"}""", "'explain' must be true or false")]
    [InlineData("episodic_get", """{"id":"17"}""", "'id' must be a memory's id")]
    [InlineData("episodic_get", """{"id":{}}""", "'id' must be text")]
    [InlineData("episodic_create", """{"subject":"s","keywords":["k"],"applies_to":"global","content":"short"}""", "at least 10")]
    [InlineData("episodic_create", """{"subject":"s","keywords":["k"],"applies_to":"nowhere","content":"long enough, this is"}""", "The scope must be")]
    [InlineData("memory_update", """{"id":"00000000-0000-4000-8000-000000000000"}""", "Nothing to change")]
    [InlineData("memory_list", """{"cursor":"from elsewhere"}""", "cursor")]
    public async Task What_is_wrong_with_the_arguments_is_said(string tool, string arguments, string message)
    {
        JsonElement result = await Agent().RequestAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");

        Assert.True(result.GetProperty("isError").GetBoolean());
        JsonElement failure = JsonDocument.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!).RootElement;
        Assert.Equal("bad-request", failure.GetProperty("code").GetString());
        Assert.Contains(message, failure.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("episodic_get")]
    [InlineData("thinking_get")]
    [InlineData("memory_forget")]
    public async Task What_is_not_there_is_not_found(string tool)
    {
        await using McpClient client = await Agent().ConnectClientAsync();

        Assert.Equal("not-found", (await FailAsync(client, tool, new { id = Guid.NewGuid() })).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Lists_and_numbers_may_come_as_text()
    {
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement created = await CallAsync(client, "episodic_create", new { subject = 42, keywords = "[\"one\", \"two\"]", applies_to = "", content = "The answer is forty-two." });

        JsonElement fact = await CallAsync(client, "episodic_get", new { id = created.GetProperty("id").GetString(), offset = "0", max_tokens = "9e3" });
        Assert.Equal(["one", "two"], fact.GetProperty("keywords").EnumerateArray().Select(keyword => keyword.GetString()));
        Assert.Equal("42", fact.GetProperty("subject").GetString());
        Assert.Equal("global", fact.GetProperty("applies_to").GetString());
    }
}
