using LocalRecall.Actors.Embedding;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>What the embedding actor says of itself, as clients are told.</summary>
internal static class ModelStatuses
{
    public static ModelStatus Of(string modelId, EmbeddingProtocol.State state)
    {
        EmbeddingReport report = state.Report;
        var activity = new ModelActivity(
            state.MaxRunTokens, Of(state.Queries), Of(state.Ingest), Of(report.Running), Of(report.LastRun),
            Of(report.Last10Seconds), Of(report.LastMinute),
            Of(report.Waits[(int)EmbeddingLane.Query]), Of(report.Waits[(int)EmbeddingLane.Ingest]), Of(report.RunTimes),
            Of(report.Outcomes), report.Restarts, state.RecreatedSessions,
            [.. report.Failures.Select(f => new ModelFailure(f.At, f.Reason, f.Times))]);
        return new ModelStatus(
            modelId, state.Model.ToString().ToLowerInvariant(), state.Problem, state.QueuedQueries, state.QueuedIngest,
            report.Runs, report.Texts, report.Tokens, activity);
    }

    private static LaneStatus Of(LaneLevel lane) => new(lane.Texts, lane.Tokens, lane.OldestWait.TotalMilliseconds);

    private static RunStatus? Of(RunShape? run) =>
        run is null ? null : new RunStatus(run.Texts, run.Tokens, run.PaddedTokens, run.Elapsed.TotalMilliseconds);

    private static RatesStatus Of(EmbeddingRates rates) => new(rates.Requests, rates.Runs, rates.Texts, rates.Tokens);

    private static QuantilesStatus Of(Quantiles times) =>
        new(times.Count, times.P50.TotalMilliseconds, times.P95.TotalMilliseconds, times.P99.TotalMilliseconds);

    private static OutcomesStatus Of(IReadOnlyList<long> outcomes)
    {
        return new OutcomesStatus(
            Count(EmbeddingOutcome.Answered), Count(EmbeddingOutcome.Expired), Count(EmbeddingOutcome.Busy),
            Count(EmbeddingOutcome.Cancelled), Count(EmbeddingOutcome.Failed), Count(EmbeddingOutcome.Unavailable));

        long Count(EmbeddingOutcome outcome) => outcomes[(int)outcome];
    }
}
