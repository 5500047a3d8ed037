namespace LocalRecall.Contracts.Messages;

public sealed record GetStatus(RequestHeader Header) : IRequest;

/// <param name="PeakWorkingSetBytes">The most it has been; 0 from a host that does not tell.</param>
/// <param name="ProcessorTimeMs">Of all its threads since it started; 0 from a host that does not tell.</param>
public sealed record HostStatus(
    Guid RequestId, string HostVersion, int Pid, string Home, long UptimeMs, long WorkingSetBytes,
    ModelStatus Model, IndexStatus Index, IReadOnlyList<string> Watched, IReadOnlyList<FileFault> Faults, int Clients,
    long PeakWorkingSetBytes = 0, long ProcessorTimeMs = 0, IReadOnlyList<string>? Leases = null) : IReply
{
    /// <summary>Who keeps the host from ending when it is idle.</summary>
    public IReadOnlyList<string> Leases { get; init; } = Leases ?? [];
}

/// <param name="State"><c>unloaded</c>, <c>loading</c>, <c>ready</c>, <c>degraded</c>.</param>
/// <param name="Problem">Why it is degraded, and what to do.</param>
/// <param name="Activity">Null from a host that does not tell.</param>
public sealed record ModelStatus(
    string Id, string State, string? Problem, int QueuedQueries, int QueuedIngest, long Runs, long Texts, long Tokens,
    ModelActivity? Activity = null);

/// <summary>What the model is at, and how it gets on.</summary>
/// <param name="MaxRunTokens">Padded tokens that a run may have now.</param>
/// <param name="QueryWaitMs">From a request's arrival to the run it waited for; over the last minute, like <paramref name="RunMs"/>.</param>
/// <param name="Outcomes">Since the host started, like restarts and recreated sessions.</param>
/// <param name="Failures">The latest first, at most ten.</param>
public sealed record ModelActivity(
    int MaxRunTokens, LaneStatus Queries, LaneStatus Ingest, RunStatus? Running, RunStatus? LastRun,
    RatesStatus Last10Seconds, RatesStatus LastMinute,
    QuantilesStatus QueryWaitMs, QuantilesStatus IngestWaitMs, QuantilesStatus RunMs,
    OutcomesStatus Outcomes, int Restarts, int RecreatedSessions, IReadOnlyList<ModelFailure> Failures);

/// <summary>What waits.</summary>
public sealed record LaneStatus(int Texts, int Tokens, double OldestWaitMs);

/// <param name="PaddedTokens">The longest text's tokens times the number of texts.</param>
/// <param name="ElapsedMs">How long it took, or has taken so far.</param>
public sealed record RunStatus(int Texts, int Tokens, int PaddedTokens, double ElapsedMs);

/// <summary>Each per second.</summary>
public sealed record RatesStatus(double Requests, double Runs, double Texts, double Tokens);

/// <param name="Count">Of how many; all is 0 without any.</param>
public sealed record QuantilesStatus(int Count, double P50, double P95, double P99);

/// <summary>How requests to the model ended.</summary>
public sealed record OutcomesStatus(long Answered, long Expired, long Busy, long Cancelled, long Failed, long Unavailable);

/// <param name="At">The last time.</param>
/// <param name="Times">So often in a row.</param>
public sealed record ModelFailure(DateTimeOffset At, string Reason, int Times);

public sealed record IndexStatus(
    string State, string? Problem, IReadOnlyList<KindCount> Memories, long Chunks, long Vectors, long PendingChunks, long Sources, long Faults, long FileBytes);

public sealed record KindCount(string Kind, long Count);

/// <summary>A full check of the index file; may take seconds.</summary>
public sealed record CheckIntegrity(RequestHeader Header) : IRequest;

public sealed record IntegrityReport(Guid RequestId, IReadOnlyList<string> Problems) : IReply;
