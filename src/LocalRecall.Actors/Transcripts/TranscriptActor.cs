using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;
using static LocalRecall.Actors.Transcripts.TranscriptProtocol;

namespace LocalRecall.Actors.Transcripts;

/// <summary>
/// Does what spool entries of one transcript want: reads what is new in it, writes a file for each memory that is neither there nor
/// forgotten, has it ingested, notes what the session wrote, remembers how far it read, and at last deletes the entries. Each step may have
/// been done before, by a host that ended in the middle.
/// </summary>
internal sealed class TranscriptActor : ReceiveActor, IWithTimers
{
    private const int FilesAtOnce = 4;

    /// <summary>Nothing takes so long, unless somebody was made anew and has lost what we asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);
    private static readonly ClientId Client = new("transcripts");

    private readonly string _path;
    private readonly IReadOnlyList<SpoolEntry> _entries;
    private readonly TranscriptPorts _ports;
    private readonly Queue<Memory> _toStore = [];
    private readonly Dictionary<string, Memory> _storing = new(StringComparer.Ordinal);
    private readonly HashSet<MemoryId> _ofSession = [];
    private Queue<string> _sessions = [];
    private TranscriptPosition? _known;
    private TranscriptReading _reading = null!;

    /// <summary>What the index was last asked.</summary>
    private object _asked = null!;

    public TranscriptActor(string path, IReadOnlyList<SpoolEntry> entries, TranscriptPorts ports)
    {
        _path = path;
        _entries = entries;
        _ports = ports;
        Receive<TranscriptFound>(found => Read(found.Position));
        Receive<TranscriptReading>(OnReading);
        Receive<ContentsFound>(OnContents);
        Receive<FileKept>(kept => _ports.Ingest.Tell(new IngestFile(kept.Path, kept.Project, Client)));
        Receive<FileIngested>(OnIngested);
        Receive<SessionMemoriesNoted>(_ => NoteNextSession());
        Receive<TranscriptRemembered>(_ => ReadOn());
        Receive<EntriesDeleted>(_ => Finish(new EntriesDone()));
        Receive<RequestFailed>(OnFailed);
        Receive<AskAgain>(_ => _ports.Index.Tell(_asked));
        Receive<Status.Failure>(OnException);
        Receive<ReceiveTimeout>(_ => Finish(new EntriesDone("It takes too long.")));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(string path, IReadOnlyList<SpoolEntry> entries, TranscriptPorts ports) =>
        Props.Create(() => new TranscriptActor(path, entries, ports));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(Patience);
        Ask(new FindTranscript(Guid.NewGuid(), _path));
    }

    private void Ask(object message)
    {
        _asked = message;
        _ports.Index.Tell(message);
    }

    private void Read(TranscriptPosition? known)
    {
        _known = known;
        (string path, HookInput[] hooks) = (_path, [.. _entries.Select(entry => entry.Hook)]);
        Task.Run(() => TranscriptReading.Read(path, hooks, known)).PipeTo(Self);
    }

    private void OnReading(TranscriptReading reading)
    {
        _reading = reading;
        _ofSession.Clear();
        _ofSession.UnionWith(reading.Written);
        Ask(new FindContents(Guid.NewGuid(), [.. reading.Memories.Select(DedupKey.Of)]));
    }

    private void OnContents(ContentsFound found)
    {
        foreach (Memory memory in _reading.Memories)
        {
            if (!found.Known.TryGetValue(DedupKey.Of(memory), out KnownContent known))
            {
                _toStore.Enqueue(memory);
            }
            else if (known.Id is { } id)
            {
                _ofSession.Add(id);
            }
            else
            {
                Drop(memory); // a host may have ended after it had written the file, and before it knew
            }
        }

        StoreNext();
    }

    private void StoreNext()
    {
        while (_storing.Count < FilesAtOnce && _toStore.TryDequeue(out Memory? memory))
        {
            IMemoryFiles files = _ports.Files;
            _storing.Add(files.PathOf(memory.Id, memory.Kind), memory);
            Task.Run(() => MemoryFile.Keep(memory, files)).PipeTo(Self);
        }

        if (_storing.Count == 0)
        {
            _sessions = new Queue<string>(_ofSession.Count == 0 ? [] : _entries.Select(entry => entry.Hook.SessionId).Where(session => session.Length > 0).Distinct());
            NoteNextSession();
        }
    }

    private void OnIngested(FileIngested ingested)
    {
        if (!_storing.Remove(ingested.Path, out Memory? memory))
        {
            return;
        }

        if (ingested.Failure is { } reason)
        {
            Finish(new EntriesDone($"{ingested.Path} is not in the index: {reason}"));
            return;
        }

        StoredAs stored = ingested.Memories is [var first, ..] ? first : new StoredAs(memory.Id, Duplicate: false);
        if (stored.Forgotten || (stored.Duplicate && stored.Id != memory.Id))
        {
            Drop(memory); // of two files with the same content one stays
        }

        if (!stored.Forgotten)
        {
            _ofSession.Add(stored.Id);
        }

        StoreNext();
    }

    /// <summary>Takes its file away, if there is one and it holds nothing else, and then its row.</summary>
    private void Drop(Memory memory)
    {
        (IMemoryFiles files, IActorRef ingest) = (_ports.Files, _ports.Ingest);
        Task.Run(() =>
        {
            if (MemoryFile.Drop(memory, files) is { } path)
            {
                ingest.Tell(new IngestFile(path, null, Client), ActorRefs.NoSender);
            }
        });
    }

    private void NoteNextSession()
    {
        if (_sessions.TryDequeue(out string? session))
        {
            Ask(new NoteSessionMemories(Guid.NewGuid(), session, [.. _ofSession], SessionRole.Written));
        }
        else if (_reading.Position is { } position && position != _known)
        {
            Ask(new RememberTranscript(Guid.NewGuid(), position));
        }
        else
        {
            ReadOn();
        }
    }

    private void ReadOn()
    {
        if (_reading.HasMore)
        {
            Read(_reading.Position);
            return;
        }

        string[] files = [.. _entries.Select(entry => entry.File)];
        Task.Run(() =>
        {
            foreach (string file in files)
            {
                HookSpool.Delete(file);
            }

            return new EntriesDeleted();
        }).PipeTo(Self);
    }

    private void OnFailed(RequestFailed failed)
    {
        if (failed.Code == FailureCode.Busy)
        {
            Timers.StartSingleTimer(nameof(AskAgain), AskAgain.Instance, failed.RetryAfter ?? RetryAfter);
        }
        else
        {
            Finish(new EntriesDone(failed.Message));
        }
    }

    /// <summary>What is no matter of the disk is a defect, and makes this actor fail.</summary>
    private void OnException(Status.Failure failure)
    {
        if (failure.Cause.GetBaseException() is IOException or UnauthorizedAccessException)
        {
            Finish(new EntriesDone(failure.Cause.GetBaseException().Message));
        }
        else
        {
            throw new InvalidOperationException($"{_path} can't be dealt with.", failure.Cause);
        }
    }

    private void Finish(EntriesDone done)
    {
        Context.Parent.Tell(done);
        Context.Stop(Self);
    }

    private sealed record EntriesDeleted : IInternalMessage;

    private sealed class AskAgain : IInternalMessage
    {
        public static readonly AskAgain Instance = new();
    }
}
