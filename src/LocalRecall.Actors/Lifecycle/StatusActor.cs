using System.Diagnostics;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Ingest;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>Asks every part how it is. A part that does not answer in time is reported as such; the others are not held up.</summary>
internal sealed class StatusActor : RequestActor<GetStatus>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly LifecyclePorts _ports;
    private readonly LifecycleSettings _settings;
    private readonly TimeSpan _uptime;
    private readonly LifecycleProtocol.Activity _activity;
    private EmbeddingProtocol.State? _model;
    private IndexProtocol.StatisticsFound? _index;
    private string? _indexProblem;
    private IReadOnlyList<string>? _watched;

    public StatusActor(Authorized<GetStatus> request, LifecyclePorts ports, LifecycleSettings settings, TimeSpan uptime, LifecycleProtocol.Activity activity)
        : base(request)
    {
        (_ports, _settings, _uptime, _activity) = (ports, settings, uptime, activity);
        Receive<EmbeddingProtocol.State>(state => Note(() => _model = state));
        Receive<IndexProtocol.StatisticsFound>(found => Note(() => _index = found));
        Receive<IngestProtocol.Watched>(watched => Note(() => _watched = watched.Folders));
        Receive<PatienceEnded>(_ => Answer());
    }

    public static Props CreateProps(
        Authorized<GetStatus> request, LifecyclePorts ports, LifecycleSettings settings, TimeSpan uptime, LifecycleProtocol.Activity activity) =>
        Props.Create(() => new StatusActor(request, ports, settings, uptime, activity));

    protected override void Start()
    {
        _ports.Embedding.Tell(new EmbeddingProtocol.GetState(RequestId));
        _ports.Index.Tell(new IndexProtocol.GetStatistics(RequestId));
        _ports.Ingest.Tell(new IngestProtocol.GetWatched(RequestId));
        Timers.StartSingleTimer(nameof(PatienceEnded), PatienceEnded.Instance, Patience);
    }

    protected override void OnDeadline() => Answer();

    protected override void OnFailed(RequestFailed failed) => Note(() => _indexProblem = failed.Message);

    private void Note(Action note)
    {
        note();
        if (_model is not null && (_index is not null || _indexProblem is not null) && _watched is not null)
        {
            Answer();
        }
    }

    private void Answer()
    {
        string[] watched = [.. _watched ?? []];
        FileFault[] faults = [.. (_index?.Faults ?? []).Select(fault => FileFaults.Of(fault.Path, fault.Reason))];
        string[] leases = [.. _settings.Leases, .. _activity.Leases, .. _settings.WatchingKeepsAlive && watched.Length > 0 ? [$"{watched.Length} watched folders"] : Array.Empty<string>()];
        HostStatus status = Status(watched, faults, leases);
        while (MessageCodec.SizeOf(status) > WireLimits.MaxMessageBytes)
        {
            // Long paths: fewer of them.
            (watched, faults, leases) = (watched[..(watched.Length / 2)], faults[..(faults.Length / 2)], leases[..(leases.Length / 2)]);
            status = Status(watched, faults, leases);
        }

        Finish(status);
    }

    private HostStatus Status(string[] watched, FileFault[] faults, string[] leases)
    {
        using var process = Process.GetCurrentProcess();
        return new HostStatus(
            RequestId, _settings.HostVersion, Environment.ProcessId, _settings.Home, (long)_uptime.TotalMilliseconds, Environment.WorkingSet,
            Model(), Index(), watched, faults, _activity.Clients, process.PeakWorkingSet64,
            (long)process.TotalProcessorTime.TotalMilliseconds, leases);
    }

    private ModelStatus Model() => _model is { } model
        ? ModelStatuses.Of(_ports.Models.Model.Id, model)
        : new ModelStatus(_ports.Models.Model.Id, "unknown", "The embedding actor did not answer in time.", 0, 0, 0, 0, 0);

    private IndexStatus Index()
    {
        if (_index?.Statistics is not { } s)
        {
            return new IndexStatus(
                _indexProblem is null ? "opening" : "unavailable", _indexProblem ?? "The index did not answer in time; it may still be opening.",
                [], 0, 0, 0, 0, 0, 0);
        }

        KindCount[] kinds = [.. s.Memories.Select(pair => new KindCount(pair.Key.ToName(), pair.Value))];
        return new IndexStatus("ready", null, kinds, s.Chunks, s.Vectors, s.PendingChunks, s.Sources, s.Faults, s.FileBytes);
    }

    private sealed class PatienceEnded : IInternalMessage
    {
        public static readonly PatienceEnded Instance = new();
    }
}
