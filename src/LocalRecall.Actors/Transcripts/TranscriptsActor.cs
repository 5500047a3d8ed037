using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Transcripts.TranscriptProtocol;

namespace LocalRecall.Actors.Transcripts;

/// <summary>
/// Stores what happened in agents' sessions. Reads the spool folder at start, when a hook has put something there, and now and then; a
/// child for each transcript that it names does the rest, and deletes what it dealt with. Whatever is done twice changes nothing.
/// </summary>
public sealed class TranscriptsActor : RequestCoordinator, IWithTimers
{
    private const int MaxAtOnce = 2;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly TranscriptPorts _ports;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, List<SpoolEntry>> _waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = [];
    private readonly Dictionary<IActorRef, (string Transcript, IReadOnlyList<SpoolEntry> Entries)> _inFlight = [];
    private readonly SpoolFailures _failures = new();
    private bool _isLooking;
    private bool _lookAgain;
    private bool _hasMore;

    public TranscriptsActor(TranscriptPorts ports, RequestLimits limits)
        : base(limits, ports.Metrics)
    {
        _ports = ports;
        Receive<Authorized<NoteSpool>>(note =>
        {
            note.ReplyTo.Tell(new SpoolNoted(note.Request.Header.RequestId), ActorRefs.NoSender);
            Look();
        });
        Receive<LookDue>(_ => Look());
        Receive<SpoolRead>(OnRead);
        Receive<Status.Failure>(failure =>
        {
            _log.Warning("The spool folder can't be read: {0}", failure.Cause.Message);
            OnRead(new SpoolRead([], HasMore: false));
        });
        Receive<EntriesDone>(OnDone);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(TranscriptPorts ports, RequestLimits limits) => Props.Create(() => new TranscriptsActor(ports, limits));

    protected override int OpenWork => base.OpenWork + _inFlight.Count + _waiting.Count + (_isLooking ? 1 : 0);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, LookEvery);
        Look();
    }

    /// <summary>The next host finds in the spool folder what is not done.</summary>
    protected override void OnDrain()
    {
        _waiting.Clear();
        _turns.Clear();
        foreach (IActorRef child in _inFlight.Keys)
        {
            Context.Stop(child);
        }
    }

    protected override void OnChildStopped(Terminated terminated)
    {
        if (!_inFlight.Remove(terminated.ActorRef, out (string Transcript, IReadOnlyList<SpoolEntry> Entries) job))
        {
            base.OnChildStopped(terminated);
            return;
        }

        if (!IsDraining)
        {
            _log.Warning("{0}: the host failed at this transcript; its log says why", job.Transcript);
            foreach (string poison in _failures.NoteCrash(job.Entries.Select(entry => entry.File), Context.System.Scheduler.Now))
            {
                _log.Error("{0} made the host fail again and again and is set aside", poison);
                SetAside(poison);
            }

            Next();
        }
    }

    private void Look()
    {
        if (_isLooking || IsDraining)
        {
            _lookAgain = true;
            return;
        }

        (_isLooking, _lookAgain) = (true, false);
        HashSet<string> known =
        [
            .. _waiting.Values.Concat<IReadOnlyList<SpoolEntry>>(_inFlight.Values.Select(job => job.Entries)).SelectMany(entries => entries).Select(entry => entry.File),
            .. _failures.NotYetDue(Context.System.Scheduler.Now),
        ];
        string home = _ports.Home;
        Task.Run(() => SpoolFolder.Read(home, known)).PipeTo(Self);
    }

    private void OnRead(SpoolRead read)
    {
        (_isLooking, _hasMore) = (false, read.HasMore);
        if (IsDraining)
        {
            return;
        }

        foreach (SpoolEntry entry in read.Entries)
        {
            string transcript = entry.Hook.TranscriptPath ?? "";
            if (!_waiting.TryGetValue(transcript, out List<SpoolEntry>? entries))
            {
                _waiting.Add(transcript, entries = []);
                _turns.Enqueue(transcript);
            }

            entries.Add(entry);
        }

        if (_lookAgain)
        {
            Look();
        }

        Next();
    }

    private void OnDone(EntriesDone done)
    {
        if (!_inFlight.Remove(Sender, out (string Transcript, IReadOnlyList<SpoolEntry> Entries) job))
        {
            return;
        }

        if (done.Failure is { } reason)
        {
            _log.Warning("{0} could not be dealt with and is tried again later: {1}", job.Transcript, reason);
            _failures.NoteFailure(job.Entries.Select(entry => entry.File), Context.System.Scheduler.Now);
        }
        else
        {
            _failures.Forget(job.Entries.Select(entry => entry.File));
        }

        Next();
    }

    /// <summary>One child per transcript: what comes for one that is being read waits.</summary>
    private void Next()
    {
        for (int left = _turns.Count; left > 0 && _inFlight.Count < MaxAtOnce; left--)
        {
            string transcript = _turns.Dequeue();
            if (_inFlight.Values.Any(job => job.Transcript == transcript))
            {
                _turns.Enqueue(transcript);
                continue;
            }

            _waiting.Remove(transcript, out List<SpoolEntry>? entries);
            IActorRef child = Context.Watch(Context.ActorOf(TranscriptActor.CreateProps(transcript, entries!, _ports)));
            _inFlight.Add(child, (transcript, entries!));
        }

        if (_hasMore && _turns.Count == 0)
        {
            _hasMore = false;
            Look();
        }
    }

    private void SetAside(string file)
    {
        (string home, ILoggingAdapter log) = (_ports.Home, _log);
        Task.Run(() =>
        {
            try
            {
                HookSpool.SetAside(home, file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.Warning("{0} can't be set aside: {1}", file, e.Message);
            }
        });
    }

    private sealed class LookDue : IInternalMessage
    {
        public static readonly LookDue Instance = new();
    }
}
