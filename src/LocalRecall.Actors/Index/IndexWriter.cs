using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
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
    private readonly IModelCatalog _models;
    private readonly Dictionary<VectorKey, float[]> _toRemember = [];
    private IEmbedderFactory _embedder = null!;
    private KeptVectors? _vectors;
    private IMemoryWriter? _writer;

    public IndexWriter(IMemoryStore store, IModelCatalog models)
    {
        _store = store;
        _models = models;
        Receive<WriteWork>(OnWrite);
        Receive<RememberVectors>(OnRemember);
        Receive<RememberDue>(_ => Remember());
        Receive<CheckpointDue>(_ => _writer!.Checkpoint());
        Receive<SaveDue>(_ => Save());
        Receive<Saved>(OnSaved);
        Receive<DamageMet>(damage => throw new StoreException(damage.Problem, StoreFault.Corrupt));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IMemoryStore store, IModelCatalog models) =>
        Props.Create(() => new IndexWriter(store, models)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        try
        {
            _writer = _store.OpenWriter();
            _embedder = ModelInForce.Recorded(_models);
            _vectors = Load(_embedder.Model);
        }
        catch (StoreException e)
        {
            Context.Parent.Tell(new WriterBroken(e.Message));
            throw;
        }

        Context.Parent.Tell(new WriterReady(Publish(), _store.RebuildNeeded));
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

        Context.Parent.Tell(new Written(Publish(), reply, work.ReplyTo));
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
            _toRemember[new VectorKey(message.ModelId, hash)] = vector;
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
            foreach (IGrouping<string, KeyValuePair<VectorKey, float[]>> model in _toRemember.GroupBy(known => known.Key.ModelId))
            {
                _writer!.RememberVectors(model.Key, model.ToDictionary(known => known.Key.Hash, known => known.Value));
            }
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
            case Store m when m.Entry.ModelId != _embedder.Model.Id:
                return new ModelReplaced(m.RequestId);
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
                IReadOnlyList<IndexedChunk> added = writer.PutVectors(m.ModelId, m.Vectors);
                _vectors!.Apply([], m.ModelId == _embedder.Model.Id ? added : []);
                return new VectorsPut(m.RequestId);
            case SwitchModel m:
                return Switch(m);
            case DropOldVectors m:
                return new OldVectorsDropped(m.RequestId, writer.DropVectors(_models.Generations.Keeps, m.Limit));
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

    /// <summary>The record on disk decides: killed before it is written, the next host goes on with the old model, after it with the new one.</summary>
    private object Switch(SwitchModel message)
    {
        if (_models.Find(message.ModelId) is not { } next)
        {
            return new RequestFailed(message.RequestId, FailureCode.NotFound, $"There is no model '{message.ModelId}' any more.");
        }

        if (next.Model.Id == _embedder.Model.Id)
        {
            return new ModelSwitched(message.RequestId, Switched: true);
        }

        using (IMemoryReader reader = _store.OpenReader())
        {
            if (message.Complete && reader.GetPending(message.ModelId, after: 0, limit: 1).Count > 0)
            {
                return new ModelSwitched(message.RequestId, Switched: false);
            }
        }

        KeptVectors vectors = Load(next.Model);
        try
        {
            _models.Record(generations => generations.Flip(message.ModelId));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RequestFailed(message.RequestId, FailureCode.StoreUnavailable, $"It can't be recorded which model is in force: {e.Message}");
        }

        (_embedder, _vectors) = (next, vectors);
        return new ModelSwitched(message.RequestId, Switched: true);
    }

    private KeptVectors Load(ModelInfo model)
    {
        using IMemoryReader reader = _store.OpenReader();
        return KeptVectors.Load(_writer!, reader, model.Id, model.Dimensions, problem =>
            Context.GetLogger().Warning("The vectors are read from the index: {0}", problem.Message));
    }

    private Generation Publish() => new(_embedder, _vectors!.Index.Publish());

    private sealed class RememberDue : IInternalMessage
    {
        public static readonly RememberDue Instance = new();
    }

    private sealed record Saved(IVectorDraft Draft, Exception? Problem) : IInternalMessage;

    private sealed class SaveDue : IInternalMessage
    {
        public static readonly SaveDue Instance = new();
    }

    private sealed class CheckpointDue : IInternalMessage
    {
        public static readonly CheckpointDue Instance = new();
    }
}
