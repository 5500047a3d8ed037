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
    public void A_search_explains_itself()
    {
        new Text(writer, colour: false).Search(Samples.Explained);
        Assert.Equal(
            """
            1. Über �[31mframes  0.88 vector+keyword, confidence 0.91
               0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69 · episodic · area:wire · 2026-11-21 · /src/app
               Wire > Frames
               a "b"
               c …
               0.877 = meaning 0.250 (cosine 0.800, rank 2) + words 0.500 (BM25 10.3, rank 1: frames; 67% of the question's words by weight) + recency 0.127 - neighbours 0.010; the best of 3 parts found

            words    frames (1 part), memory �leak (0 parts)
            looked   at 210 parts of memories, 12 of them noise; usual cosine 0.123 ± 0.050; 3 parts left out that the session has already
            options  min-confidence 0.30, fusion weighted, keyword-weight 0.5
            fell     Weak�: too unlikely to fit, confidence 0.11
                     0.200 = meaning 0.200 (cosine 0.210, rank 7) + words 0.000

            1 of 7 memories, 12 tokens, 6.5 ms (embedding 4.1)
            1 weaker memory: --all shows it.

            """.ReplaceLineEndings("\n"),
            writer.ToString());
    }

    [Theory]
    [InlineData(0, "Nothing found.")]
    [InlineData(1, "Nothing fits. 1 weaker memory: --all shows it.")]
    [InlineData(3, "Nothing fits. 3 weaker memories: --all shows them.")]
    public void Without_results_a_search_says_whether_there_is_anything(int belowFloor, string said)
    {
        new Text(writer, colour: false).Search(Samples.Results with { Hits = [], Total = 0, BelowFloor = belowFloor });
        Assert.Equal(said, writer.ToString().Split('\n')[0]);
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
            host    0.1.0, process 42, up 1 h 1 min, 2 clients
            memory  150.0 MB, at most 210.0 MB; 3.3 s of processor time
            home    /home/u/.local/share/localrecall
            model   all-MiniLM-L6-v2-q4 degraded, 4 texts and 5 tokens in 3 runs
                    file is missing
            queue   queries  1 text (12 tokens), the oldest for 3.2 ms
                    ingest   2 texts (4000 tokens), the oldest for 12.3 s
            run     3 texts, 180 tokens (192 padded), for 12 ms now; at most 256 padded
            speed   10 s        12.3 requests/s    10.0 runs/s    33.5 texts/s     5400 tokens/s
                    1 min        2.5 requests/s     2.0 runs/s     6.3 texts/s     1000 tokens/s
            times   queries waited  p50   3.0 ms  p95    13 ms  p99    22 ms  of 100
                    ingest waited   none in the last minute
                    runs took       p50    24 ms  p95    44 ms  p99  1001 ms  of 120
            ended   1200 answered, 3 busy, 2 expired, 4 cancelled, 5 failed, 6 without a model; 1 restart, 2 recreated sessions
            failed  2026-11-21 22:00:00Z  file is� missing (3 times)
            failed  2026-11-21 21:59:59Z  the run failed
            index   ready, 10 episodic, 2 document; 30 chunks (1 pending), 29 vectors, 12 sources, 2.0 MB
            watch   /notes
            lease   mcp session (recall� 0.1.0)
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
