using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class EmbeddingStatisticsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 1, 0, 0, TimeSpan.Zero);

    private readonly EmbeddingStatistics statistics = new();

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private void Run(double from, double to, int texts, int tokens)
    {
        statistics.RunStarted(texts, tokens, tokens + 10, At(from));
        statistics.RunCompleted(TimeSpan.FromSeconds(to) - TimeSpan.FromSeconds(from), At(to));
    }

    [Fact]
    public void Nothing_has_happened_yet()
    {
        EmbeddingReport report = statistics.Report(Start);

        Assert.Equal((0, 0, 0, 0, 0), (report.Runs, report.Texts, report.Tokens, report.Restarts, report.RecreatedSessions));
        Assert.Equal(new EmbeddingRates(0, 0, 0, 0), report.LastMinute);
        Assert.Equal([Quantiles.None, Quantiles.None, Quantiles.None], [.. report.Waits, report.RunTimes]);
        Assert.Null(report.Running);
        Assert.Null(report.LastRun);
        Assert.All(report.Outcomes, count => Assert.Equal(0, count));
        Assert.Empty(report.Failures);
    }

    [Fact]
    public void Rates_are_over_the_last_seconds_and_fade()
    {
        for (int second = 0; second < 40; second++)
        {
            Run(second + 0.1, second + 0.2, texts: 4, tokens: 100);
            statistics.Finished(EmbeddingLane.Ingest, EmbeddingOutcome.Answered, TimeSpan.Zero, At(second + 0.2));
            statistics.Finished(EmbeddingLane.Ingest, EmbeddingOutcome.Busy, null, At(second + 0.3));
        }

        Assert.Equal(new EmbeddingRates(2, 1, 4, 100), statistics.Report(At(40)).Last10Seconds);
        Assert.Equal(new EmbeddingRates(80 / 60.0, 40 / 60.0, 160 / 60.0, 4000 / 60.0), statistics.Report(At(40)).LastMinute);
        Assert.Equal(5 / 10.0, statistics.Report(At(45)).Last10Seconds.Runs);
        Assert.Equal(5 / 10.5, statistics.Report(At(45.5)).Last10Seconds.Runs);
        Assert.Equal(0, statistics.Report(At(50)).Last10Seconds.Runs);
        Assert.Equal(0, statistics.Report(At(100)).LastMinute.Runs);
        Assert.Equal((40, 160, 4000), (statistics.Report(At(100)).Runs, statistics.Report(At(100)).Texts, statistics.Report(At(100)).Tokens));
    }

    [Fact]
    public void A_window_holds_no_second_of_an_earlier_turn()
    {
        Run(0, 0, 1, 1);
        Run(61, 61, 1, 1); // the same place in the ring

        Assert.Equal(1 / 60.0, statistics.Report(At(62)).LastMinute.Runs);
    }

    [Fact]
    public void Quantiles_are_measured_times_of_the_last_minute()
    {
        for (int i = 100; i >= 1; i--)
        {
            statistics.Finished(EmbeddingLane.Query, EmbeddingOutcome.Answered, TimeSpan.FromMilliseconds(i), At(0.1 * i));
        }

        Assert.Equal(
            new Quantiles(100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(95), TimeSpan.FromMilliseconds(99)),
            statistics.Report(At(10)).Waits[(int)EmbeddingLane.Query]);
        Assert.Equal(0, statistics.Report(At(10)).Waits[(int)EmbeddingLane.Ingest].Count);
        Assert.Equal(
            new Quantiles(1, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100)),
            statistics.Report(At(70)).Waits[(int)EmbeddingLane.Query]);
        Assert.Equal(Quantiles.None, statistics.Report(At(70.1)).Waits[(int)EmbeddingLane.Query]);
    }

    [Fact]
    public void Only_the_latest_times_are_kept()
    {
        for (int i = 0; i < RecentTimes.Capacity; i++)
        {
            statistics.Finished(EmbeddingLane.Query, EmbeddingOutcome.Answered, TimeSpan.FromMilliseconds(1), Start);
        }

        for (int i = 0; i < RecentTimes.Capacity; i++)
        {
            statistics.Finished(EmbeddingLane.Query, EmbeddingOutcome.Answered, TimeSpan.FromMilliseconds(7), Start);
        }

        Quantiles waits = statistics.Report(Start).Waits[(int)EmbeddingLane.Query];
        Assert.Equal((RecentTimes.Capacity, TimeSpan.FromMilliseconds(7)), (waits.Count, waits.P50));
    }

    [Fact]
    public void The_run_in_progress_and_the_last_one_are_told_apart()
    {
        Run(0, 0.030, texts: 3, tokens: 90);
        statistics.RunStarted(texts: 1, tokens: 200, paddedTokens: 200, At(1));

        EmbeddingReport report = statistics.Report(At(1.012));

        Assert.Equal(new RunShape(3, 90, 100, TimeSpan.FromMilliseconds(30)), report.LastRun);
        Assert.Equal(new RunShape(1, 200, 200, TimeSpan.FromMilliseconds(12)), report.Running);
        Assert.Equal((1, TimeSpan.FromMilliseconds(30)), (report.RunTimes.Count, report.RunTimes.P99));
    }

    [Fact]
    public void A_failed_run_counts_as_a_failure_and_not_as_a_run()
    {
        statistics.RunStarted(2, 20, 20, Start);
        statistics.Failed("out of memory", At(1));
        statistics.Restarted();
        statistics.RunCompleted(TimeSpan.Zero, At(1)); // its vectors come too late

        EmbeddingReport report = statistics.Report(At(1));

        Assert.Null(report.Running);
        Assert.Equal((0, 1), (report.Runs, report.Restarts));
        Assert.Equal(new EmbeddingFailure(At(1), "out of memory", 1), Assert.Single(report.Failures));
    }

    [Fact]
    public void Outcomes_are_counted_each_for_itself()
    {
        foreach (EmbeddingOutcome outcome in Enum.GetValues<EmbeddingOutcome>())
        {
            for (int i = 0; i <= (int)outcome; i++)
            {
                statistics.Finished(EmbeddingLane.Query, outcome, null, Start);
            }
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], statistics.Report(Start).Outcomes);
        Assert.Equal(0, statistics.Report(Start).Waits[(int)EmbeddingLane.Query].Count);
    }

    [Fact]
    public void The_latest_failures_come_first_shortened_and_the_same_again_only_counts()
    {
        for (int i = 0; i < 20; i++)
        {
            statistics.Failed($"failure {i}", At(i));
        }

        statistics.Failed("again\nand again", At(30));
        statistics.Failed("again\nand again", At(31));
        statistics.Failed(new string('x', 5000), At(32));

        IReadOnlyList<EmbeddingFailure> failures = statistics.Report(At(40)).Failures;
        Assert.Equal(EmbeddingStatistics.MaxFailures, failures.Count);
        Assert.Equal((EmbeddingStatistics.MaxReasonLength, 'x', '…'), (failures[0].Reason.Length, failures[0].Reason[0], failures[0].Reason[^1]));
        Assert.Equal(new EmbeddingFailure(At(31), "again and again", 2), failures[1]);
        Assert.Equal(new EmbeddingFailure(At(19), "failure 19", 1), failures[2]);
        Assert.Equal(new EmbeddingFailure(At(12), "failure 12", 1), failures[^1]);
    }
}
