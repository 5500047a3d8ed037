using System.Text.Json;
using System.Text.Json.Nodes;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What <c>recall</c> says and how it ends, each time a process of its own, all with one host.</summary>
public sealed class VerbTests(TestHome home) : IClassFixture<TestHome>
{
    private const string Unknown = "0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69";

    private async Task<string> AddAsync(string content, params string[] options)
    {
        RecallResult added = await home.RecallAsync(["add", content, "--keyword", "tests", "--json", .. options]);
        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        return (string)added.Json["id"]!;
    }

    [Fact]
    public async Task Another_process_finds_what_one_process_added_and_prints_the_agreed_shape()
    {
        string id = await AddAsync("The otters of the harbour sleep holding hands.", "--subject", "Otters", "--scope", "file:src/otters.cs", "--at", "2026-03-04T05:06:07Z");

        RecallResult found = await home.RecallAsync("search", "how do otters sleep", "--json", "--limit", "1");

        Assert.Equal((0, ""), (found.ExitCode, found.Error));
        Assert.Equal(["results", "total", "tokensUsed", "degraded", "timings", "belowFloor"], NamesOf(found.Json));
        JsonObject hit = found.Json["results"]!.AsArray().Single()!.AsObject();
        Assert.Equal(["id", "kind", "subject", "score", "scope", "project", "occurredAt", "content", "matched", "path", "confidence"], NamesOf(hit));
        Assert.Equal(["embedMs", "searchMs", "totalMs"], NamesOf(found.Json["timings"]!.AsObject()));
        Assert.All(found.Json["timings"]!.AsObject(), timing => Assert.True((double)timing.Value! > 0));
        Assert.Equal(
            (id, "episodic", "Otters", "file:src/otters.cs", "2026-03-04T05:06:07.000Z", "The otters of the harbour sleep holding hands."),
            ((string)hit["id"]!, (string)hit["kind"]!, (string)hit["subject"]!, (string)hit["scope"]!, (string)hit["occurredAt"]!, (string)hit["content"]!));
        Assert.Equal(["vector", "keyword"], hit["matched"]!.AsArray().Select(why => (string)why!));
        Assert.InRange((double)hit["score"]!, double.Epsilon, 1);
        Assert.Null(hit["project"]);
        Assert.Null(found.Json["degraded"]);
        Assert.True((int)found.Json["total"]! >= 1 && (int)found.Json["tokensUsed"]! > 0);
        Assert.Contains(id, File.ReadAllText((string)hit["path"]!));
    }

    [Fact]
    public async Task Search_finds_by_meaning_what_shares_no_word()
    {
        string id = await AddAsync("Payment reminders go to customers whose invoice is overdue.");

        RecallResult found = await home.RecallAsync("search", "billing people that owe money", "--json");

        JsonNode hit = found.Json["results"]!.AsArray().Single(hit => (string)hit!["id"]! == id)!;
        Assert.Equal(["vector"], hit["matched"]!.AsArray().Select(why => (string)why!));
    }

    [Fact]
    public async Task Get_prints_the_whole_memory()
    {
        string id = await AddAsync("First line.\n\n  Ünïcode, \"quotes\" and \\ stay 😀 as they are.");

        RecallResult got = await home.RecallAsync("get", id, "--json");

        Assert.Equal(0, got.ExitCode);
        Assert.Equal("First line.\n\n  Ünïcode, \"quotes\" and \\ stay 😀 as they are.", (string)got.Json["content"]!);
        Assert.Equal("First line.", (string)got.Json["subject"]!);
    }

    [Fact]
    public async Task List_shows_newest_first_and_counts_all()
    {
        string older = await AddAsync("The older of two dated notes.", "--scope", "area:dates", "--at", "2001-01-01");
        string newer = await AddAsync("The newer of two dated notes.", "--scope", "area:dates", "--at", "2001-01-02");

        RecallResult listed = await home.RecallAsync("list", "--until", "2001-02-01", "--json", "--limit", "1");
        RecallResult all = await home.RecallAsync("list", "--until", "2001-02-01", "--json");

        Assert.Equal((newer, 2), ((string)listed.Json["memories"]!.AsArray().Single()!["id"]!, (int)listed.Json["total"]!));
        Assert.Equal([newer, older], all.Json["memories"]!.AsArray().Select(memory => (string)memory!["id"]!));
    }

    [Fact]
    public async Task What_was_forgotten_is_found_no_more_and_its_file_is_gone()
    {
        string id = await AddAsync("The quagga will be forgotten at once.");
        string path = (string)(await home.RecallAsync("get", id, "--json")).Json["path"]!;

        RecallResult forgotten = await home.RecallAsync("forget", id, Unknown, "--json");

        Assert.Equal(3, forgotten.ExitCode);
        Assert.Equal(id, (string)forgotten.Json["forgotten"]!.AsArray().Single()!["id"]!);
        Assert.Equal(Unknown, (string)forgotten.Json["notFound"]!.AsArray().Single()!);
        Assert.False(File.Exists(path));
        Assert.Equal(3, (await home.RecallAsync("get", id)).ExitCode);
        RecallResult search = await home.RecallAsync("search", "quagga", "--json");
        Assert.DoesNotContain(search.Json["results"]!.AsArray(), hit => (string)hit!["id"]! == id);
    }

    [Fact]
    public async Task The_same_content_is_kept_once()
    {
        string first = await AddAsync("Said twice, kept once.");

        RecallResult second = await home.RecallAsync("add", "Said twice, kept once.", "--keyword", "again", "--json");

        Assert.Equal((0, first, true), (second.ExitCode, (string)second.Json["id"]!, (bool)second.Json["duplicate"]!));
    }

    [Fact]
    public async Task Embed_prints_unit_vectors_whose_nearness_is_likeness_of_meaning()
    {
        RecallResult embedded = await home.RecallWithInputAsync("a cat sat\na kitten was sitting\nquarterly tax report\n", "embed", "-", "--json");

        float[][] vectors = embedded.Json["embeddings"].Deserialize<float[][]>()!;
        Assert.Equal((3, 384), (vectors.Length, (int)embedded.Json["dimensions"]!));
        Assert.All(vectors, vector => Assert.Equal(1, Dot(vector, vector), 3));
        Assert.True(Dot(vectors[0], vectors[1]) > Dot(vectors[0], vectors[2]) + 0.2);
    }

    [Fact]
    public async Task Status_names_the_host_its_model_and_its_index()
    {
        await AddAsync("Something for status to count.");

        RecallResult status = await home.RecallAsync("status", "--json");

        Assert.Equal((0, home.Endpoint!.Pid, home.Home), (status.ExitCode, (int)status.Json["pid"]!, (string)status.Json["home"]!));
        Assert.Equal("ready", (string)status.Json["model"]!["state"]!);
        Assert.Equal("ready", (string)status.Json["index"]!["state"]!);
        Assert.True((int)status.Json["index"]!["memories"]!["episodic"]! > 0);
        Assert.Equal((int)status.Json["index"]!["chunks"]!, (int)status.Json["index"]!["vectors"]!);
        Assert.True((long)status.Json["workingSetBytes"]! > 0);
    }

    [Fact]
    public async Task Doctor_finds_everything_in_order()
    {
        RecallResult doctor = await home.RecallAsync("doctor", "--json");

        Assert.Equal((0, true), (doctor.ExitCode, (bool)doctor.Json["ok"]!));
        string[] chain = ["home", "disk", "recall", "program", "host", "token", "http", "index", "model", "spool"];
        Assert.Equal(chain, doctor.Json["checks"]!.AsArray().Select(check => (string)check!["name"]!).Take(chain.Length)); // and the agents of this machine
    }

    [Fact]
    public async Task A_memory_that_is_not_there_ends_with_3()
    {
        RecallResult got = await home.RecallAsync("get", Unknown, "--json");

        Assert.Equal((3, "not-found"), (got.ExitCode, (string)got.Json["error"]!["code"]!));
    }

    [Fact]
    public async Task A_search_without_results_ends_with_3()
    {
        RecallResult found = await home.RecallAsync("search", "anything", "--until", "1999-01-01", "--json");

        Assert.Equal((3, 0), (found.ExitCode, found.Json["results"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("search")]
    [InlineData("get", "not-an-id")]
    [InlineData("search", "x", "--limit", "0")]
    [InlineData("import", "/no/such/folder")]
    [InlineData("unknown-verb")]
    public async Task Wrong_usage_ends_with_2_and_starts_nothing(params string[] arguments)
    {
        RecallResult wrong = await home.RecallAsync(arguments);

        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        Assert.StartsWith("recall: ", wrong.Error);
    }

    [Fact]
    public async Task A_memory_against_the_rules_ends_with_2_and_says_why()
    {
        RecallResult refused = await home.RecallAsync("add", "Too short", "--json");

        Assert.Equal((2, "bad-request"), (refused.ExitCode, (string)refused.Json["error"]!["code"]!));
        Assert.Contains("10", (string)refused.Json["error"]!["message"]!);
    }

    private static IEnumerable<string> NamesOf(JsonObject json) => json.Select(member => member.Key);

    private static float Dot(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
