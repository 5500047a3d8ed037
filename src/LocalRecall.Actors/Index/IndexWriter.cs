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

    /// <summary>How long vectors to be remembered are gathered.</summary>
    private static readonly TimeSpan RememberAfter = TimeSpan.FromSeconds(1);

    private readonly IMemoryStore _store;
    private readonly ModelInfo _model;
    private readonly VectorIndex _vectors;
    private readonly Dictionary<TextHash, float[]> _toRemember = [];
    private IMemoryWriter? _writer;

    public IndexWriter(IMemoryStore store, ModelInfo model)
    {
        _store = store;
        _model = model;
        _vectors = new VectorIndex(model.Dimensions);
        Receive<WriteWork>(OnWrite);
        Receive<RememberVectors>(OnRemember);
        Receive<RememberDue>(_ => Remember());
        Receive<CheckpointDue>(_ => _writer!.Checkpoint());
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
            foreach (IndexedChunk chunk in reader.ReadVectors(_model.Id))
            {
                _vectors.Add(chunk);
            }
        }
        catch (StoreException e)
        {
            Context.Parent.Tell(new WriterBroken(e.Message));
            throw;
        }

        Context.Parent.Tell(new WriterReady(_vectors.Publish(), _store.RebuildNeeded));
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _toRemember.Clear(); // the file may be damaged: nothing more goes into it
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        try
        {
            Remember();
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

        Context.Parent.Tell(new Written(_vectors.Publish(), reply, work.ReplyTo));
        Timers.StartSingleTimer(nameof(CheckpointDue), CheckpointDue.Instance, CheckpointAfter);
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
                Apply(outcome.Removed, outcome.Added);
                return new Stored(m.RequestId, outcome.Memories);
            case RemoveSources m:
                Apply(writer.RemoveSources(m.Paths), []);
                return new SourcesRemoved(m.RequestId);
            case Forget m:
                ForgottenMemory? forgotten = writer.Forget(m.Id);
                Apply(forgotten?.Removed ?? [], []);
                return new Forgotten(m.RequestId, forgotten);
            case Purge m:
                if (m.Everywhere)
                {
                    _toRemember.Clear();
                }

                writer.Purge(m.Everywhere);
                return new Purged(m.RequestId);
            case RecordFault m:
                writer.RecordFault(m.Fault);
                return new FaultRecorded(m.RequestId);
            case PutVectors m:
                Apply([], writer.PutVectors(_model.Id, m.Vectors));
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

    private void Apply(IReadOnlyList<RemovedChunk> removed, IReadOnlyList<IndexedChunk> added)
    {
        foreach (RemovedChunk chunk in removed)
        {
            _vectors.Remove(chunk.ChunkId);
        }

        foreach (IndexedChunk chunk in added)
        {
            _vectors.Add(chunk);
        }
    }

    private sealed class RememberDue : Requests.IInternalMessage
    {
        public static readonly RememberDue Instance = new();
    }

    private sealed class CheckpointDue : Requests.IInternalMessage
    {
        public static readonly CheckpointDue Instance = new();
    }
}
