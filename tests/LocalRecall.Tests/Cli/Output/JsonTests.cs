using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class JsonTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 22, 0, 1, 500, TimeSpan.Zero);

    [Fact]
    public void Search_prints_exactly_the_documented_object()
    {
        var writer = new StringWriter();
        Json.Search(writer, Samples.Results);
        Assert.Equal(
            """
            {"results":[{"id":"0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"episodic","subject":"Über \u001B[31mframes","score":0.8765,"scope":"area:wire","project":"/src/app","occurredAt":"2026-11-21T22:00:00.120Z","content":"a \"b\"\nc","matched":["vector","keyword"],"path":"/m/x.md"},{"id":"1b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"document","subject":"s","score":0,"scope":"global","project":null,"occurredAt":"2026-11-21T22:00:00.120Z","content":"","matched":["keyword"],"path":null}],"total":7,"tokensUsed":12,"degraded":null,"timings":{"embedMs":4.124,"searchMs":1,"totalMs":6.5},"belowFloor":0}

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void An_explained_search_prints_what_scores_are_made_of()
    {
        var writer = new StringWriter();
        Json.Search(writer, Samples.Explained);
        Assert.EndsWith(
            """
            "path":"/m/x.md","confidence":0.912,"explanation":{"cosine":0.8,"vectorRank":2,"vectorShare":0.25,"bm25":10.25,"keywordRank":1,"keywordShare":0.5,"terms":["frames"],"termShare":0.67,"boosts":{"recency":0.1265,"neighbours":-0.01},"parts":3}}],"total":7,"tokensUsed":12,"degraded":null,"timings":{"embedMs":4.124,"searchMs":1,"totalMs":6.5},"belowFloor":1,"explanation":{"terms":{"frames":1,"memory \u001Bleak":0},"options":{"fusion":"weighted","keyword-weight":"0.5"},"minConfidence":0.3,"candidates":210,"noise":12,"excluded":3,"cosineMean":0.1234,"cosineDeviation":0.05,"fallen":[{"id":"2b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"thinking","subject":"Weak\u001B","reason":"below-floor","score":0.2,"confidence":0.11,"explanation":{"cosine":0.21,"vectorRank":7,"vectorShare":0.2,"bm25":null,"keywordRank":null,"keywordShare":0,"terms":[],"termShare":0,"boosts":{},"parts":1}}]}}

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void A_look_at_the_host_is_all_of_its_status()
    {
        var writer = new StringWriter();
        Json.Look(writer, Time, Samples.Status, null);
        Assert.Equal(
            """
            {"time":"2026-11-21T22:00:01.500Z","running":true,"hostVersion":"0.1.0","pid":42,"home":"/home/u/.local/share/localrecall","uptimeMs":3700000,"workingSetBytes":157286400,"peakWorkingSetBytes":220200960,"processorTimeMs":3250,"clients":2,"model":{"id":"all-MiniLM-L6-v2-q4","state":"degraded","problem":"file is missing","queuedQueries":1,"queuedIngest":2,"runs":3,"texts":4,"tokens":5,"maxRunTokens":256,"lanes":{"query":{"texts":1,"tokens":12,"oldestWaitMs":3.21,"waitMs":{"count":100,"p50":3,"p95":12.5,"p99":22}},"ingest":{"texts":2,"tokens":4000,"oldestWaitMs":12345,"waitMs":{"count":0,"p50":0,"p95":0,"p99":0}}},"running":{"texts":3,"tokens":180,"paddedTokens":192,"elapsedMs":12.34},"lastRun":{"texts":1,"tokens":64,"paddedTokens":64,"elapsedMs":9.5},"runMs":{"count":120,"p50":24,"p95":44,"p99":1000.5},"rates":{"last10Seconds":{"requests":12.34,"runs":10,"texts":33.5,"tokens":5400.4},"lastMinute":{"requests":2.5,"runs":2,"texts":6.25,"tokens":1000}},"outcomes":{"answered":1200,"expired":2,"busy":3,"cancelled":4,"failed":5,"unavailable":6},"restarts":1,"recreatedSessions":2,"failures":[{"time":"2026-11-21T22:00:00.120Z","reason":"file is\u001B missing","times":3},{"time":"2026-11-21T21:59:59.120Z","reason":"the run failed","times":1}]},"index":{"state":"ready","problem":null,"memories":{"episodic":10,"document":2},"chunks":30,"vectors":29,"pendingChunks":1,"sources":12,"faults":3,"fileBytes":2097152},"watched":["/notes"],"leases":["mcp session (recall\u001B 0.1.0)"],"faults":[{"path":"/m/bad\u001B.md","reason":"no front matter"}]}

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void A_look_without_a_host_says_why()
    {
        var writer = new StringWriter();
        Json.Look(writer, Time, null, "No host is running.");
        Assert.Equal("""{"time":"2026-11-21T22:00:01.500Z","running":false,"problem":"No host is running."}""" + "\n", writer.ToString());
    }

    [Fact]
    public void Embeddings_are_lists_of_numbers()
    {
        var writer = new StringWriter();
        Json.Embedded(writer, new Embeddings("m", 2, new[] { 0.5f, -0.25f, 1f, 0.1f }, 9));
        Assert.Equal("""{"model":"m","dimensions":2,"tokens":9,"embeddings":[[0.5,-0.25],[1,0.1]]}""" + "\n", writer.ToString());
    }

    [Fact]
    public void A_memory_has_its_fields_and_its_content()
    {
        var writer = new StringWriter();
        Json.Memory(writer, new FoundMemory(Samples.Results.Hits[1].Summary, "all"));
        Assert.Equal(
            """{"id":"1b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"document","subject":"s","keywords":[],"scope":"global","project":null,"occurredAt":"2026-11-21T22:00:00.120Z","path":null,"content":"all"}""" + "\n",
            writer.ToString());
    }

    [Fact]
    public void Checks_are_ok_unless_one_has_failed()
    {
        var writer = new StringWriter();
        Json.Checks(writer, [new Check("home", CheckState.Warning, "d"), new Check("host", CheckState.Failed, "e", "f")]);
        Assert.Equal(
            """{"ok":false,"checks":[{"name":"home","state":"warning","detail":"d","advice":null},{"name":"host","state":"failed","detail":"e","advice":"f"}]}""" + "\n",
            writer.ToString());
    }
}
