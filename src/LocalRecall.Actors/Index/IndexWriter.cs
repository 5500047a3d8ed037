using Akka.Actor;
using Akka.Event;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Index;

/// <summary>Owns the one write connection and the in-memory vectors, on a thread of its own. A reply leaves only after the transaction is on disk.</summary>
internal sealed class IndexWriter : ReceiveActor, IWithTimers
{
    public const string Dispatcher = "localrecall.index.writer-dispatcher";

    private const int MaxGathered = 256;
    private static readonly TimeSpan CheckpointAfter = TimeSpan.FromSeconds(5);

    /// <summary>How long changes are gathered before a file of the vectors is written.</summary>
    private static readonly TimeSpan SaveAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long vectors to be remembered are gathered.</summary>
    private static readonly TimeSpan RememberAfter = TimeSpan.FromSeconds(1);

    private readonly IMemoryStore _store;
    private readonly ModelInfo _model;
    private readonly Dictionary<TextHash, float[]> _toRemember = [];
    private KeptVectors? _vectors;
    private IMemoryWriter? _writer;

    public IndexWriter(IMemoryStore store, ModelInfo model)
    {
        _store = store;
        _model = model;
        Receive<WriteWork>(OnWrite);
        Receive<RememberVectors>(OnRemember);
        Receive<RememberDue>(_ => Remember());
        Receive<CheckpointDue>(_ => _writer!.Checkpoint());
        Receive<SaveDue>(_ => Save());
        Receive<Saved>(OnSaved);
        Receive<DamageMet>(damage => throw new StoreException(damage.Problem, StoreFault.Corrupt));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IMemoryStore store, ModelInfo model) =>
        Props.Create(() => new IndexWriter(store, model)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        try
        {
            _writer = _store.OpenWriter();
            using IMemoryReader reader = _store.OpenReader();
            _vectors = KeptVectors.Load(_writer, reader, _model.Id, _model.Dimensions, problem =>
                Context.GetLogger().Warning("The vectors are read from the index: {0}", problem.Message));
        }
        catch (StoreException e)
        {
            Context.Parent.Tell(new WriterBroken(e.Message));
            throw;
        }

        Context.Parent.Tell(new WriterReady(_vectors.Index.Publish(), _store.RebuildNeeded));
        SaveLater();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _toRemember.Clear(); // the file may be damaged: nothing more goes into it
        _vectors = null;
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        try
        {
            Remember();
            _vectors?.Save(_writer!);
        }
        catch (Exception e) when (e is IOException or StoreException or OperationCanceledException)
        {
            Context.GetLogger().Warning("Not all is kept: {0}", e.Message);
        }
        finally
        {
            _writer?.Dispose();
        }
    }

    private void OnWrite(WriteWork work)
    {
        object reply;
        try
        {
            reply = Write(_writer!, work.Write);
        }
        catch (Exception e)
        {
            work.ReplyTo.Tell(StoreFailures.ToReply(work.Write.RequestId, e), Context.Parent);
            if (e is not StoreException { Fault: StoreFault.Busy or StoreFault.Full })
            {
                throw;
            }

            return;
        }

        Context.Parent.Tell(new Written(_vectors!.Index.Publish(), reply, work.ReplyTo));
        Timers.StartSingleTimer(nameof(CheckpointDue), CheckpointDue.Instance, CheckpointAfter);
        SaveLater();
    }

    private void SaveLater()
    {
        if (_vectors!.IsSaveDue && !Timers.IsTimerActive(nameof(SaveDue)))
        {
            Timers.StartSingleTimer(nameof(SaveDue), SaveDue.Instance, SaveAfter);
        }
    }

    /// <summary>Beside the writer's thread; it goes on meanwhile.</summary>
    private void Save()
    {
        try
        {
            (IVectorDraft draft, Task written) = _vectors!.BeginSave(_writer!);
            written.PipeTo(Self, success: () => new Saved(draft, null), failure: e => new Saved(draft, e));
        }
        catch (StoreException e)
        {
            Context.GetLogger().Warning("The file of vectors can't be written: {0}", e.Message);
        }
    }

    private void OnSaved(Saved saved)
    {
        if (saved.Problem is { } problem and not OperationCanceledException)
        {
            Context.GetLogger().Warning("The file of vectors can't be written: {0}", problem.Message);
        }

        _vectors!.EndSave(saved.Draft, saved.Problem is null);
    }

    private void OnRemember(RememberVectors message)
    {
        foreach ((TextHash hash, float[] vector) in message.Vectors)
        {
            _toRemember[hash] = vector;
        }

        if (_toRemember.Count >= MaxGathered)
        {
            Remember();
        }
        else if (!Timers.IsTimerActive(nameof(RememberDue)))
        {
            Timers.StartSingleTimer(nameof(RememberDue), RememberDue.Instance, RememberAfter);
        }
    }

    /// <summary>Nobody waits for this and nothing is lost but time: only damage is more than a note.</summary>
    private void Remember()
    {
        if (_toRemember.Count == 0)
        {
            return;
        }

        try
        {
            _writer!.RememberVectors(_model.Id, _toRemember);
        }
        catch (StoreException e) when (e.Fault != StoreFault.Corrupt)
        {
            Context.GetLogger().Debug("{0} vectors are not remembered: {1}", _toRemember.Count, e.Message);
        }
        finally
        {
            _toRemember.Clear();
        }
    }

    private object Write(IMemoryWriter writer, IWrite write)
    {
        switch (write)
        {
            case Store m:
                StoreOutcome outcome = writer.Store(m.Entry);
                _vectors!.Apply(outcome.Removed, outcome.Added);
                return new Stored(m.RequestId, outcome.Memories);
            case RemoveSources m:
                _vectors!.Apply(writer.RemoveSources(m.Paths), []);
                return new SourcesRemoved(m.RequestId);
            case Forget m:
                ForgottenMemory? forgotten = writer.Forget(m.Id);
                if (forgotten is not null)
                {
                    _vectors!.Apply(forgotten.Removed, []);
                    _vectors.FileDropped();
                }

                return new Forgotten(m.RequestId, forgotten);
            case Purge m:
                if (m.Everywhere)
                {
                    _toRemember.Clear();
                    _vectors!.FileDropped();
                }

                writer.Purge(m.Everywhere);
                return new Purged(m.RequestId);
            case RecordFault m:
                writer.RecordFault(m.Fault);
                return new FaultRecorded(m.RequestId);
            case PutVectors m:
                _vectors!.Apply([], writer.PutVectors(_model.Id, m.Vectors));
                return new VectorsPut(m.RequestId);
            case NoteSessionMemories m:
                writer.NoteSessionMemories(m.Session, m.Ids, m.Role, Context.System.Scheduler.Now);
                return new SessionMemoriesNoted(m.RequestId);
            case ForgetGiven m:
                writer.ForgetGiven(m.Session);
                return new GivenForgotten(m.RequestId);
            case RememberTranscript m:
                writer.RememberTranscript(m.Position, Context.System.Scheduler.Now);
                return new TranscriptRemembered(m.RequestId);
            default:
                throw new InvalidOperationException($"The writer does not know {write.GetType().Name}.");
        }
    }

    private sealed class RememberDue : Requests.IInternalMessage
    {
        public static readonly RememberDue Instance = new();
    }

    private sealed record Saved(IVectorDraft Draft, Exception? Problem) : Requests.IInternalMessage;

    private sealed class SaveDue : Requests.IInternalMessage
    {
        public static readonly SaveDue Instance = new();
    }

    private sealed class CheckpointDue : Requests.IInternalMessage
    {
        public static readonly CheckpointDue Instance = new();
    }
}
