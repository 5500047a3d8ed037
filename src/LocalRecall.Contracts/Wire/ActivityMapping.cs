using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

/// <summary>What a status says of the model's work.</summary>
internal static class ActivityMapping
{
    public static Activity ToWire(ModelActivity m) => new()
    {
        MaxRunTokens = m.MaxRunTokens, Queries = ToWire(m.Queries), Ingest = ToWire(m.Ingest),
        Running = m.Running is { } running ? ToWire(running) : null, LastRun = m.LastRun is { } last ? ToWire(last) : null,
        Last10Seconds = ToWire(m.Last10Seconds), LastMinute = ToWire(m.LastMinute),
        QueryWaitMs = ToWire(m.QueryWaitMs), IngestWaitMs = ToWire(m.IngestWaitMs), RunMs = ToWire(m.RunMs),
        Outcomes = ToWire(m.Outcomes), Restarts = m.Restarts, RecreatedSessions = m.RecreatedSessions,
        Failures = { m.Failures.Select(f => new Wire.ModelFailure { AtTicks = f.At.ToWire(), Reason = f.Reason, Times = f.Times }) },
    };

    public static ModelActivity FromWire(Activity w) => new(
        w.MaxRunTokens, FromWire(w.Queries.Required("queries")), FromWire(w.Ingest.Required("ingest")),
        w.Running is { } running ? FromWire(running) : null, w.LastRun is { } last ? FromWire(last) : null,
        FromWire(w.Last10Seconds.Required("rates")), FromWire(w.LastMinute.Required("rates")),
        FromWire(w.QueryWaitMs.Required("waits")), FromWire(w.IngestWaitMs.Required("waits")), FromWire(w.RunMs.Required("run times")),
        FromWire(w.Outcomes.Required("outcomes")), w.Restarts, w.RecreatedSessions,
        w.Failures.ToList(f => new Messages.ModelFailure(f.AtTicks.ToTime(), f.Reason, f.Times)));

    private static Lane ToWire(LaneStatus m) => new() { Texts = m.Texts, Tokens = m.Tokens, OldestWaitMs = m.OldestWaitMs };

    private static LaneStatus FromWire(Lane w) => new(w.Texts, w.Tokens, w.OldestWaitMs);

    private static RunShape ToWire(RunStatus m) =>
        new() { Texts = m.Texts, Tokens = m.Tokens, PaddedTokens = m.PaddedTokens, ElapsedMs = m.ElapsedMs };

    private static RunStatus FromWire(RunShape w) => new(w.Texts, w.Tokens, w.PaddedTokens, w.ElapsedMs);

    private static Rates ToWire(RatesStatus m) => new() { Requests = m.Requests, Runs = m.Runs, Texts = m.Texts, Tokens = m.Tokens };

    private static RatesStatus FromWire(Rates w) => new(w.Requests, w.Runs, w.Texts, w.Tokens);

    private static Quantiles ToWire(QuantilesStatus m) => new() { Count = m.Count, P50 = m.P50, P95 = m.P95, P99 = m.P99 };

    private static QuantilesStatus FromWire(Quantiles w) => new(w.Count, w.P50, w.P95, w.P99);

    private static Outcomes ToWire(OutcomesStatus m) => new()
    {
        Answered = m.Answered, Expired = m.Expired, Busy = m.Busy, Cancelled = m.Cancelled, Failed = m.Failed, Unavailable = m.Unavailable,
    };

    private static OutcomesStatus FromWire(Outcomes w) => new(w.Answered, w.Expired, w.Busy, w.Cancelled, w.Failed, w.Unavailable);
}
