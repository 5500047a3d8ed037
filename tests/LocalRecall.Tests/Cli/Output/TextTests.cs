using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class TextTests
{
    private readonly StringWriter writer = new();

    [Fact]
    public void Search_is_compact_and_harmless()
    {
        new Text(writer, colour: false).Search(Samples.Results with { Degraded = "no model" });
        Assert.Equal(
            """
            1. Über �[31mframes  0.88 vector+keyword
               0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69 · episodic · area:wire · 2026-11-21 · /src/app
               Wire > Frames
               a "b"
               c …

            2. s  NaN keyword
               1b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69 · document · global · 2026-11-21
               

            2 of 7 memories, 12 tokens, 6.5 ms (embedding 4.1)
            Degraded: no model

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void Colour_only_where_it_is_wanted()
    {
        new Text(writer, colour: true).Search(Samples.Results);
        Assert.Contains("\u001b[1mÜber �[31mframes\u001b[0m", writer.ToString());
    }

    [Fact]
    public void Status_names_problems_and_faults()
    {
        new Text(writer, colour: false).Status(Samples.Status);
        Assert.Equal(
            """
            host    0.1.0, process 42, up 1 h 1 min, 150.0 MB, 2 clients
            home    /home/u/.local/share/localrecall
            model   all-MiniLM-L6-v2-q4 degraded, 4 texts and 5 tokens in 3 runs, queued 1 + 2
                    file is missing
            index   ready, 10 episodic, 2 document; 30 chunks (1 pending), 29 vectors, 12 sources, 2.0 MB
            watch   /notes
            fault   /m/bad�.md: no front matter
                    and 2 more

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void A_memory_is_shown_whole()
    {
        new Text(writer, colour: false).Memory(new FoundMemory(Samples.Results.Hits[0].Summary, "one\r\n\u001b]0;title\u0007two"));
        Assert.Equal(
            """
            Über �[31mframes
            0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69 · episodic · area:wire · 2026-11-21 · /src/app
            keywords: k
            file: /m/x.md

            one
            �]0;title�two

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void Forgetting_says_what_was_deleted_and_what_was_kept()
    {
        new Text(writer, colour: false).Forgotten(new MemoryForgotten(Guid.NewGuid(), Guid.Empty, "s", ["/home/a.md"], ["/elsewhere/b.md"]));
        Assert.Equal(
            """
            00000000-0000-0000-0000-000000000000 forgotten: s
              deleted /home/a.md
              still in /elsewhere/b.md, but not imported from there again

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Fact]
    public void Checks_stand_one_a_line_with_advice_below()
    {
        new Text(writer, colour: false).Checks([new Check("home", CheckState.Ok, "/h"), new Check("model", CheckState.Failed, "missing", "fetch it")]);
        Assert.Equal("ok    home: /h\nFAIL  model: missing\n      fetch it\n", writer.ToString());
    }
}
