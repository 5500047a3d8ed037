using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class JsonTests
{
    [Fact]
    public void Search_prints_exactly_the_documented_object()
    {
        var writer = new StringWriter();
        Json.Search(writer, Samples.Results);
        Assert.Equal(
            """
            {"results":[{"id":"0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"episodic","subject":"Über \u001B[31mframes","score":0.8765,"scope":"area:wire","project":"/src/app","occurredAt":"2026-11-21T22:00:00.120Z","content":"a \"b\"\nc","matched":["vector","keyword"],"path":"/m/x.md"},{"id":"1b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","kind":"document","subject":"s","score":0,"scope":"global","project":null,"occurredAt":"2026-11-21T22:00:00.120Z","content":"","matched":["keyword"],"path":null}],"total":7,"tokensUsed":12,"degraded":null,"timings":{"embedMs":4.124,"searchMs":1,"totalMs":6.5}}

            """.ReplaceLineEndings("\n"),
            writer.ToString());
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
