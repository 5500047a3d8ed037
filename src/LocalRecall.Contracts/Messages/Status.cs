namespace LocalRecall.Contracts.Messages;

public sealed record GetStatus(RequestHeader Header) : IRequest;

public sealed record HostStatus(
    Guid RequestId, string HostVersion, int Pid, string Home, long UptimeMs, long WorkingSetBytes,
    ModelStatus Model, IndexStatus Index, IReadOnlyList<string> Watched, IReadOnlyList<FileFault> Faults, int Clients) : IReply;

/// <param name="State"><c>unloaded</c>, <c>loading</c>, <c>ready</c>, <c>degraded</c>.</param>
/// <param name="Problem">Why it is degraded, and what to do.</param>
public sealed record ModelStatus(
    string Id, string State, string? Problem, int QueuedQueries, int QueuedIngest, long Runs, long Texts, long Tokens);

public sealed record IndexStatus(
    string State, string? Problem, IReadOnlyList<KindCount> Memories, long Chunks, long Vectors, long PendingChunks, long Sources, long Faults, long FileBytes);

public sealed record KindCount(string Kind, long Count);

/// <summary>A full check of the index file; may take seconds.</summary>
public sealed record CheckIntegrity(RequestHeader Header) : IRequest;

public sealed record IntegrityReport(Guid RequestId, IReadOnlyList<string> Problems) : IReply;
