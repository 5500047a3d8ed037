using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>Imports files and folders: lists them, has each brought up to date together with what was there before and is gone, and tells the client how far it is.</summary>
internal sealed class ImportActor : RequestActor<ImportPaths>
{
    /// <summary>Paths handed on at once; the others wait here, not in the coordinator's queue, so that imports share its children.</summary>
    private const int Window = 16;
    private const int MaxFaults = 20;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>An index that does not answer for so long may have been made anew and is asked again.</summary>
    private static readonly TimeSpan LookUpTime = TimeSpan.FromMinutes(1);

    private readonly IngestPorts _ports;
    private readonly bool _forClient;
    private readonly TimeSpan _startedAt;
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly Queue<string> _waiting = [];
    private readonly Dictionary<string, int> _inFlight = [];
    private readonly Dictionary<Guid, FindSourcesBelow> _lookUps = [];
    private readonly List<FileFault> _faults = [];
    private List<SourceFault> _missing = [];
    private int _openListings;
    private int _open;
    private ImportCounts _counts = new(0, 0, 0, 0, 0, 0, 0, 0);
    private string? _current;

    public ImportActor(Authorized<ImportPaths> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        _forClient = !request.ReplyTo.IsNobody();
        _startedAt = Context.System.Scheduler.MonotonicClock;
        Receive<Listed>(listed => OnListed(listed.Listing));
        Receive<SourcesFound>(OnSourcesFound);
        Receive<LookUpAgain>(_ => LookUp());
        Receive<FileProgress>(progress => _inFlight[progress.Path] = progress.Chunks);
        Receive<FileIngested>(OnIngested);
        Receive<ProgressDue>(_ => Progress(new ImportProgress(RequestId, _counts with { Chunks = _counts.Chunks + _inFlight.Values.Sum() }, _current)));
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, failure.Cause.Message)));
    }

    public static Props CreateProps(Authorized<ImportPaths> request, IngestPorts ports) => Props.Create(() => new ImportActor(request, ports));

    protected override void Start()
    {
        if (Request.Paths.FirstOrDefault(path => !Path.IsPathFullyQualified(path)) is { } relative)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, $"The path '{relative}' is not absolute."));
            return;
        }

        Timers.StartPeriodicTimer(nameof(ProgressDue), ProgressDue.Instance, ProgressEvery);
        (IngestPorts ports, ImportPaths request, bool forClient) = (_ports, Request, _forClient);
        foreach (string path in request.Paths.Select(ImportRoot.Normalise))
        {
            _openListings += 2;
            Task.Run(() =>
            {
                FileListing listing = ports.Files.List(path);
                if (forClient && listing.Faults.All(fault => fault.Path != path))
                {
                    ports.Roots.Add(new ImportRoot(path, request.Project, request.Watch));
                }

                return new Listed(listing);
            }).PipeTo(Self);
            var lookUp = new FindSourcesBelow(Guid.NewGuid(), path);
            _lookUps.Add(lookUp.RequestId, lookUp);
            if (request.Watch)
            {
                Context.Parent.Tell(new WatchRoot(new ImportRoot(path, request.Project, Watch: true)));
            }
        }

        LookUp();
        Timers.StartPeriodicTimer(nameof(LookUpAgain), LookUpAgain.Instance, LookUpTime);
    }

    private void LookUp()
    {
        foreach (FindSourcesBelow lookUp in _lookUps.Values)
        {
            _ports.Index.Tell(lookUp);
        }
    }

    protected override void OnDeadline() => Finish(new Failure(
        RequestId, FailureCode.Expired, $"The deadline passed with {_counts.Done} of {_counts.Files} files done; import again to go on, what is done is kept."));

    /// <summary>It may take minutes, and what is done is kept: the next host goes on from there.</summary>
    protected override void OnDrain() => GiveBack();

    private void OnListed(FileListing listing)
    {
        _missing.AddRange(listing.Faults);
        Add(listing.Paths);
    }

    private void OnSourcesFound(SourcesFound found)
    {
        if (_lookUps.Remove(found.RequestId))
        {
            Add(found.Paths);
        }
    }

    private void Add(IReadOnlyList<string> paths)
    {
        foreach (string path in paths.Where(_paths.Add))
        {
            _waiting.Enqueue(path);
        }

        _counts = _counts with { Files = _paths.Count };
        _openListings--;
        if (_openListings == 0)
        {
            ReportMissing();
        }

        HandOn();
    }

    /// <summary>A path that is not there is a fault, unless the index knew files at or below it: then they are gone.</summary>
    private void ReportMissing()
    {
        foreach (SourceFault fault in _missing.Where(f => !_paths.Any(p => p == f.Path || p.StartsWith(f.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))))
        {
            _counts = _counts with { Failed = _counts.Failed + 1 };
            AddFault(fault.Path, fault.Reason);
        }

        _missing = [];
    }

    private void HandOn()
    {
        while (_open < Window && _waiting.TryDequeue(out string? path))
        {
            _open++;
            Context.Parent.Tell(new IngestFile(path, Request.Project, Client));
        }

        if (_open == 0 && _openListings == 0)
        {
            long elapsedMs = (long)(Context.System.Scheduler.MonotonicClock - _startedAt).TotalMilliseconds;
            Finish(new ImportFinished(RequestId, _counts, _faults, elapsedMs));
        }
    }

    private void OnIngested(FileIngested file)
    {
        _open--;
        _inFlight.Remove(file.Path);
        _current = file.Path;
        int duplicates = file.Memories.Count(m => m.Duplicate);
        _counts = _counts with
        {
            Done = _counts.Done + 1,
            Stored = _counts.Stored + file.Memories.Count(m => m is { Duplicate: false, Forgotten: false }),
            Unchanged = _counts.Unchanged + (file.Unchanged ? 1 : 0),
            Duplicates = _counts.Duplicates + duplicates,
            Removed = _counts.Removed + (file.Removed ? 1 : 0),
            Failed = _counts.Failed + (file.Failure is null ? 0 : 1),
            Chunks = _counts.Chunks + file.Chunks,
        };
        if (file.Failure is { } reason)
        {
            AddFault(file.Path, reason);
        }

        HandOn();
    }

    private void AddFault(string path, string reason)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(FileFaults.Of(path, reason));
        }
    }

    private sealed record Listed(FileListing Listing) : IInternalMessage;

    private sealed class LookUpAgain : IInternalMessage
    {
        public static readonly LookUpAgain Instance = new();
    }

    private sealed class ProgressDue : IInternalMessage
    {
        public static readonly ProgressDue Instance = new();
    }
}
