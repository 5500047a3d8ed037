using LocalRecall.Contracts.Messages;

namespace LocalRecall.Tests.Cli;

internal static class Samples
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 23, 0, 0, 120, TimeSpan.FromHours(1));

    public static SearchResults Results { get; } = new(
        Guid.NewGuid(),
        [
            new SearchHit(
                new MemorySummary(new Guid("0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69"), "episodic", "Über \u001b[31mframes", ["k"], "area:wire", Time, "/src/app", "/m/x.md"),
                0.87654, "Wire > Frames", "a \"b\"\nc", true, ["vector", "keyword"], ["frames"], 0.8f),
            new SearchHit(
                new MemorySummary(new Guid("1b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69"), "document", "s", [], "global", Time, null, null),
                double.NaN, "", "", false, ["keyword"], [], null),
        ],
        7, 12, null, new SearchTimings(4.1239, 1, 6.5));

    /// <summary>One hit and one that fell, with all that can be said about them.</summary>
    public static SearchResults Explained { get; } = Results with
    {
        Hits =
        [
            Results.Hits[0] with
            {
                Confidence = 0.912, Explanation = new HitExplanation(2, 0.25, 1, 10.25, 0.5, [new ScoreBoost("recency", 0.12654), new ScoreBoost("neighbours", -0.01)], 0.67, 3),
            },
        ],
        BelowFloor = 1,
        Explanation = new SearchExplanation(
            [new QueryTerm("frames", 1), new QueryTerm("memory \u001bleak", 0)], [new RankingOption("fusion", "weighted"), new RankingOption("keyword-weight", "0.5")],
            0.3, 210, 12, 3, 0.1234, 0.05,
            [
                new FallenHit(
                    new Guid("2b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69"), "thinking", "Weak\u001b", "below-floor", 0.2, 0.11, 0.21f, [],
                    new HitExplanation(7, 0.2, null, null, 0, [], 0, 1)),
            ]),
    };

    public static HostStatus Status { get; } = new(
        Guid.NewGuid(), "0.1.0", 42, "/home/u/.local/share/localrecall", 3_700_000, 150 << 20,
        new ModelStatus("all-MiniLM-L6-v2-q4", "degraded", "file is missing", 1, 2, 3, 4, 5,
            new ModelActivity(
                256, new LaneStatus(1, 12, 3.21), new LaneStatus(2, 4000, 12_345), new RunStatus(3, 180, 192, 12.34), new RunStatus(1, 64, 64, 9.5),
                new RatesStatus(12.34, 10, 33.5, 5400.4), new RatesStatus(2.5, 2, 6.25, 1000),
                new QuantilesStatus(100, 3, 12.5, 22), new QuantilesStatus(0, 0, 0, 0), new QuantilesStatus(120, 24, 44, 1000.5),
                new OutcomesStatus(1200, 2, 3, 4, 5, 6), 1, 2,
                [new ModelFailure(Time, "file is\u001b missing", 3), new ModelFailure(Time.AddSeconds(-1), "the run failed", 1)])),
        new IndexStatus("ready", null, [new KindCount("episodic", 10), new KindCount("document", 2)], 30, 29, 1, 12, 3, 2 << 20),
        ["/notes"], [new FileFault("/m/bad\u001b.md", "no front matter")], 2, 210 << 20, 3250, ["mcp session (recall\u001b 0.1.0)"]);
}
