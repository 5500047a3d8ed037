using System.Text;
using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Core.Redaction;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Looks for secrets in all rows, then in all files; writes our own files anew without them, has what the index made of a file replaced,
/// and purges what that leaves behind, even if nothing was found: the run before may have been cut short. Other files stay as they are.
/// </summary>
internal sealed class RedactActor : RequestActor<RedactStored>
{
    private const int PageSize = 200;
    private const int FilesAtOnce = 64;
    private const int MaxFindings = 100;
    private const int MaxFindingsLength = 30_000; // characters, of up to three bytes each: they go in one message
    private static readonly TimeSpan PurgeRetry = TimeSpan.FromMilliseconds(250);

    private readonly IngestPorts _ports;
    private readonly StoredScan _scan = new();
    private readonly HashSet<string> _roots = [];
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);
    private readonly Queue<string> _toCheck = [];
    private readonly HashSet<string> _toRead = [];
    private readonly List<string> _unreadable = [];
    private int _openLists;
    private bool _purging;

    public RedactActor(Authorized<RedactStored> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<StoredListed>(OnListed);
        Receive<RowsScanned>(OnRowsScanned);
        Receive<SourcesFound>(found => OnPaths(found.Paths));
        Receive<FilesListed>(listed => OnPaths(listed.Paths));
        Receive<FilesChecked>(_ => CheckFiles());
        Receive<FileIngested>(OnIngested);
        Receive<SourcesRemoved>(_ => Purge());
        Receive<PurgeDue>(_ => Purge());
        Receive<Purged>(_ => FinishWithFindings());
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, failure.Cause.Message)));
    }

    public static Props CreateProps(Authorized<RedactStored> request, IngestPorts ports) => Props.Create(() => new RedactActor(request, ports));

    protected override void Start() => ListRows(null);

    /// <summary>It may take long, and to begin again loses nothing.</summary>
    protected override void OnDrain() => GiveBack();

    protected override void OnFailed(RequestFailed failed)
    {
        if (_purging && failed.Code == FailureCode.Busy)
        {
            Timers.StartSingleTimer(nameof(PurgeDue), PurgeDue.Instance, PurgeRetry);
        }
        else
        {
            base.OnFailed(failed);
        }
    }

    private void ListRows(string? cursor) => _ports.Index.Tell(new ListStored(RequestId, SearchFilter.None, cursor, PageSize));

    private void OnListed(StoredListed listed)
    {
        StoredScan scan = _scan;
        Task.Run(() =>
        {
            scan.AddRows(listed.Page.Memories);
            return new RowsScanned([.. listed.Page.Memories.Select(m => m.Path).OfType<string>()], listed.Page.NextCursor);
        }).PipeTo(Self);
    }

    private void OnRowsScanned(RowsScanned rows)
    {
        _roots.UnionWith(rows.Paths.Select(path => Path.GetPathRoot(path)!));
        if (rows.NextCursor is { } cursor)
        {
            ListRows(cursor);
            return;
        }

        // A memory names one file; the index knows of all, and in our own folder there may be one that it does not know yet.
        _openLists = _roots.Count + 1;
        foreach (string root in _roots)
        {
            _ports.Index.Tell(new FindSourcesBelow(Guid.NewGuid(), root));
        }

        (IngestPorts ports, bool dryRun) = (_ports, Request.DryRun);
        Task.Run(() =>
        {
            if (!dryRun)
            {
                CleanSpool(Path.GetDirectoryName(ports.MemoriesFolder)!);
            }

            return new FilesListed(ports.Files.List(ports.MemoriesFolder).Paths);
        }).PipeTo(Self);
    }

    /// <summary>What hooks recorded and could not be dealt with stays there for a person to look at; the rest of the spool is cleaned when it is stored.</summary>
    private static void CleanSpool(string home)
    {
        string folder = HookSpool.BadFolderOf(home);
        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            Redacted<string> cleaned = Redactor.Clean(File.ReadAllText(path));
            if (cleaned.IsChanged)
            {
                DurableFile.Replace(path, Encoding.UTF8.GetBytes(cleaned.Kept));
            }
        }
    }

    private void OnPaths(IReadOnlyList<string> paths)
    {
        _paths.UnionWith(paths);
        if (--_openLists == 0)
        {
            foreach (string path in _paths)
            {
                _toCheck.Enqueue(path);
            }

            CheckFiles();
        }
    }

    private void CheckFiles()
    {
        if (_toCheck.Count == 0)
        {
            ReadAnew();
            return;
        }

        List<string> paths = [];
        while (paths.Count < FilesAtOnce && _toCheck.TryDequeue(out string? path))
        {
            paths.Add(path);
        }

        (StoredScan scan, IMemoryFiles files, bool dryRun) = (_scan, _ports.Files, Request.DryRun);
        Task.Run(() =>
        {
            paths.ForEach(path => CheckFile(path, scan, files, dryRun));
            return FilesChecked.Instance;
        }).PipeTo(Self);
    }

    private static void CheckFile(string path, StoredScan scan, IMemoryFiles files, bool dryRun)
    {
        SourceContent content;
        try
        {
            content = files.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // what the index holds of it goes when it can't be read anew
        }

        ReadResult result = FormatReader.Read(path, content.Bytes, content.State.ModifiedAt, null);
        foreach (Memory memory in scan.AddFile(path, result.Memories, memory => IsOurs(path, memory, files)))
        {
            if (dryRun)
            {
                continue;
            }

            if (string.IsNullOrWhiteSpace(memory.Body))
            {
                files.DeleteOwned(path);
            }
            else
            {
                files.Write(memory);
            }
        }
    }

    private static bool IsOurs(string path, Memory memory, IMemoryFiles files) =>
        memory.Kind != MemoryKind.Document && files.PathOf(memory.Id, memory.Kind) == path;

    private void ReadAnew()
    {
        if (Request.DryRun)
        {
            FinishWithFindings();
            return;
        }

        foreach ((string path, string? project) in _scan.ToRead)
        {
            _toRead.Add(path);
            Context.Parent.Tell(new IngestFile(path, project, Client, Anew: true));
        }

        PurgeWhenRead();
    }

    private void OnIngested(FileIngested file)
    {
        if (file is { Failure: not null, Memories.Count: 0 })
        {
            _unreadable.Add(file.Path);
        }

        _toRead.Remove(file.Path);
        PurgeWhenRead();
    }

    /// <summary>What can't be read anew can't stay either.</summary>
    private void PurgeWhenRead()
    {
        if (_toRead.Count > 0)
        {
            return;
        }

        if (_unreadable.Count > 0)
        {
            _ports.Index.Tell(new RemoveSources(RequestId, _unreadable));
        }
        else
        {
            Purge();
        }
    }

    private void Purge()
    {
        _purging = true;
        _ports.Index.Tell(new Purge(RequestId, Everywhere: true));
    }

    private void FinishWithFindings()
    {
        List<SecretFinding> findings = [];
        int length = 0;
        foreach (StoredSecret found in _scan.Found.Take(MaxFindings))
        {
            length += found.Memory.Subject.Length + (found.Path?.Length ?? 0) + 100;
            if (length > MaxFindingsLength)
            {
                break;
            }

            findings.Add(new SecretFinding(found.Memory.Id.Value, found.Memory.Subject, found.Path, found.Kinds, found.FileKept));
        }

        Finish(new StoredRedacted(RequestId, _scan.Memories, _scan.Changed, findings));
    }

    private sealed record RowsScanned(IReadOnlyList<string> Paths, string? NextCursor) : IInternalMessage;

    private sealed record FilesListed(IReadOnlyList<string> Paths) : IInternalMessage;

    private sealed class FilesChecked : IInternalMessage
    {
        public static readonly FilesChecked Instance = new();
    }

    private sealed class PurgeDue : IInternalMessage
    {
        public static readonly PurgeDue Instance = new();
    }
}
