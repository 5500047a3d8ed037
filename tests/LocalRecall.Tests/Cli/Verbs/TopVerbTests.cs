using LocalRecall.Cli.Output;
using LocalRecall.Cli.Verbs;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Verbs;

public sealed class TopVerbTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 22, 0, 1, TimeSpan.Zero);

    [Fact]
    public void On_a_terminal_a_look_is_the_status_below_a_title()
    {
        string[] lines = [.. TopVerb.Lines(new TopVerb.Look(Time, Samples.Status, null, 1.324))];

        Assert.Equal(["recall top  22:00:01Z  cpu 132 %  q quits", "", .. StatusLines.Of(Samples.Status)], lines);
    }

    [Fact]
    public void Elsewhere_it_is_one_line()
    {
        Assert.Equal(
            "22:00:01Z  model degraded, queued 1+2, 33.5 texts/s, 5400 tokens/s, query wait p99 22 ms, run p99 1001 ms, answered 1200, busy 3, expired 2, failed 11, 150.0 MB, cpu 132 %",
            TopVerb.OneLine(new TopVerb.Look(Time, Samples.Status, null, 1.324)));
    }

    [Fact]
    public void Without_a_host_it_says_so_harmlessly()
    {
        var look = new TopVerb.Look(Time, null, "No host is running for /home/\u001b[31m.", null);

        Assert.Equal("22:00:01Z  No host is running for /home/�[31m. Trying again.", TopVerb.OneLine(look));
        Assert.Equal(["recall top  22:00:01Z  cpu -  q quits", "", "No host is running for /home/�[31m. Trying again."], TopVerb.Lines(look));
    }

    [Fact]
    public void An_older_host_that_tells_less_is_shown_as_far_as_it_goes()
    {
        HostStatus old = Samples.Status with { Model = Samples.Status.Model with { Activity = null }, PeakWorkingSetBytes = 0, ProcessorTimeMs = 0 };

        string[] lines = [.. StatusLines.Of(old)];

        Assert.Contains("memory  150.0 MB", lines);
        Assert.Contains("queue   1 text of queries, 2 of ingest", lines);
        Assert.Equal("22:00:01Z  model degraded, queued 1+2, 150.0 MB, cpu -", TopVerb.OneLine(new TopVerb.Look(Time, old, null, null)));
    }

    [Fact]
    public void The_processors_load_is_between_two_looks_at_the_same_process()
    {
        HostStatus later = Samples.Status with { UptimeMs = Samples.Status.UptimeMs + 2000, ProcessorTimeMs = Samples.Status.ProcessorTimeMs + 3000 };

        Assert.Equal(1.5, StatusLines.ProcessorLoad(Samples.Status, later));
        Assert.Null(StatusLines.ProcessorLoad(null, later));
        Assert.Null(StatusLines.ProcessorLoad(Samples.Status with { Pid = 7 }, later));
        Assert.Null(StatusLines.ProcessorLoad(Samples.Status with { ProcessorTimeMs = 0 }, later));
        Assert.Null(StatusLines.ProcessorLoad(later, later));
    }
}
