using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class StatusMapping
{
    public static GetStatusV1 ToWire(GetStatus m) => new() { Header = m.Header.ToWire() };

    public static GetStatus FromWire(GetStatusV1 w) => new(w.Header.ToHeader());

    public static CheckIntegrityV1 ToWire(CheckIntegrity m) => new() { Header = m.Header.ToWire() };

    public static CheckIntegrity FromWire(CheckIntegrityV1 w) => new(w.Header.ToHeader());

    public static IntegrityReportV1 ToWire(IntegrityReport m) => new() { RequestId = m.RequestId.ToWire(), Problems = { m.Problems } };

    public static IntegrityReport FromWire(IntegrityReportV1 w) => new(w.RequestId.ToGuid(), w.Problems.ToList());

    public static HostStatusV1 ToWire(HostStatus m) => new()
    {
        RequestId = m.RequestId.ToWire(), HostVersion = m.HostVersion, Pid = m.Pid, Home = m.Home, UptimeMs = m.UptimeMs,
        WorkingSetBytes = m.WorkingSetBytes, Model = ToWire(m.Model), Index = ToWire(m.Index), Watched = { m.Watched },
        Faults = { m.Faults.Select(ImportMapping.ToWire) }, Clients = m.Clients,
        PeakWorkingSetBytes = m.PeakWorkingSetBytes, ProcessorTimeMs = m.ProcessorTimeMs, Leases = { m.Leases },
    };

    public static HostStatus FromWire(HostStatusV1 w) => new(
        w.RequestId.ToGuid(), w.HostVersion, w.Pid, w.Home, w.UptimeMs, w.WorkingSetBytes,
        FromWire(w.Model.Required("model")), FromWire(w.Index.Required("index")),
        w.Watched.ToList(), w.Faults.ToList(ImportMapping.FromWire), w.Clients,
        w.PeakWorkingSetBytes, w.ProcessorTimeMs, w.Leases.ToList());

    private static Model ToWire(ModelStatus m)
    {
        var w = new Model
        {
            Id = m.Id, State = m.State, QueuedQueries = m.QueuedQueries, QueuedIngest = m.QueuedIngest,
            Runs = m.Runs, Texts = m.Texts, Tokens = m.Tokens, Activity = m.Activity is { } activity ? ActivityMapping.ToWire(activity) : null,
        };
        if (m.Problem is { } problem)
        {
            w.Problem = problem;
        }

        return w;
    }

    private static ModelStatus FromWire(Model w) => new(
        w.Id, w.State, w.HasProblem ? w.Problem : null, w.QueuedQueries, w.QueuedIngest, w.Runs, w.Texts, w.Tokens,
        w.Activity is { } activity ? ActivityMapping.FromWire(activity) : null);

    private static Index ToWire(IndexStatus m)
    {
        var w = new Index
        {
            State = m.State, Memories = { m.Memories.Select(k => new KindTotal { Kind = k.Kind, Count = k.Count }) },
            Chunks = m.Chunks, Vectors = m.Vectors, PendingChunks = m.PendingChunks, Sources = m.Sources, Faults = m.Faults, FileBytes = m.FileBytes,
        };
        if (m.Problem is { } problem)
        {
            w.Problem = problem;
        }

        return w;
    }

    private static IndexStatus FromWire(Index w) => new(
        w.State, w.HasProblem ? w.Problem : null, w.Memories.ToList(k => new KindCount(k.Kind, k.Count)),
        w.Chunks, w.Vectors, w.PendingChunks, w.Sources, w.Faults, w.FileBytes);
}
