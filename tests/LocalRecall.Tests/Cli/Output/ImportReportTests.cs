using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class ImportReportTests
{
    private readonly StringWriter writer = new();
    private readonly Clock clock = new();

    [Fact]
    public void A_terminal_gets_one_line_drawn_over()
    {
        var report = new ImportReport(writer, isTerminal: true, clock);
        Report(report, 1, after: 0.05);
        Report(report, 2, after: 0.06);
        Report(report, 3, after: 0.01);
        Report(report, 4, after: 0.2);
        report.Finish();
        Assert.Equal("\r2 of 9 files, 5 memories stored, 7 chunks embedded, 1 failed  x.md\u001b[K\r4 of 9 files, 5 memories stored, 7 chunks embedded, 1 failed  x.md\u001b[K\r\u001b[K", writer.ToString());
    }

    [Fact]
    public void Anything_else_gets_a_line_now_and_then()
    {
        var report = new ImportReport(writer, isTerminal: false, clock);
        Report(report, 1, after: 4);
        Report(report, 2, after: 2);
        report.Finish();
        Assert.Equal("2 of 9 files, 5 memories stored, 7 chunks embedded, 1 failed\n", writer.ToString());
    }

    private void Report(ImportReport report, int done, double after)
    {
        clock.Now += TimeSpan.FromSeconds(after).Ticks;
        report.Report(new ImportProgress(Guid.NewGuid(), new ImportCounts(9, done, 5, 0, 0, 0, 1, 7), "/a/x.md"));
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
