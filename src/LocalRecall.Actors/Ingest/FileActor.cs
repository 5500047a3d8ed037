using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Brings the index up to date with one file: asks what is known of it, reads and parses it if it changed, has the missing vectors
/// computed, stores all in one transaction, and tells its parent how it went.
/// </summary>
internal sealed class FileActor : ReceiveActor, IWithTimers
{
    private const int TextsPerRequest = 32;
    private static readonly TimeSpan EmbedTime = TimeSpan.FromMinutes(5);

    /// <summary>Who does not answer for so long may have been made anew and is asked again; every step may be repeated.</summary>
    private static readonly TimeSpan StepTime = TimeSpan.FromMinutes(1);

    private readonly IngestFile _request;
    private readonly IngestPorts _ports;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<TextHash, float[]> _vectors = [];
    private readonly Queue<TokenizedText> _toEmbed = [];
    private IEmbedderFactory _embedder;
    private PreparedFile? _file;
    private string? _fault;
    private FileIngested _done;
    private Queue<MemoryId> _toForget = [];
    private bool _modelUnavailable;

    /// <summary>The message in flight; a reply to another one is late and means nothing.</summary>
    private (Guid Id, IActorRef To, object Message) _step;

    public FileActor(IngestFile request, IngestPorts ports)
    {
        _request = request;
        _ports = ports;
        _embedder = ports.Models.Embedder;
        _done = new FileIngested(request.Path, []);
        Receive<SourceFound>(found => Prepare(found.Source), found => found.RequestId == _step.Id);
        Receive<PreparedFile>(OnPrepared);
        Receive<Status.Failure>(failure => Fail(failure.Cause.Message));
        Receive<VectorsFound>(OnVectorsFound, found => found.RequestId == _step.Id);
        Receive<EmbeddingProtocol.Embedded>(OnEmbedded, embedded => embedded.RequestId == _step.Id);
        Receive<Stored>(OnStored, stored => stored.RequestId == _step.Id);
        Receive<ModelReplaced>(_ => BeginAgain(), replaced => replaced.RequestId == _step.Id);
        Receive<Forgotten>(_ => ForgetNext(), forgotten => forgotten.RequestId == _step.Id);
        Receive<SourcesRemoved>(_ => Finish(_done with { Removed = true }), removed => removed.RequestId == _step.Id);
        Receive<FaultRecorded>(_ => AfterFault(), recorded => recorded.RequestId == _step.Id);
        Receive<RequestFailed>(OnFailed, failed => failed.RequestId == _step.Id);
        Receive<RepeatStep>(_ => SendStep());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IngestFile request, IngestPorts ports) => Props.Create(() => new FileActor(request, ports));

    protected override void PreStart() => Begin();

    private void Begin() => Step(_ports.Index, id => new FindSource(id, _request.Path));

    /// <summary>The vectors are of a model that is no longer in force.</summary>
    private void BeginAgain()
    {
        _embedder = _ports.Models.Embedder;
        _vectors.Clear();
        _toEmbed.Clear();
        _modelUnavailable = false;
        Begin();
    }

    private void Step(IActorRef to, Func<Guid, object> message)
    {
        var id = Guid.NewGuid();
        _step = (id, to, message(id));
        SendStep();
    }

    private void SendStep()
    {
        _step.To.Tell(_step.Message);
        Timers.StartSingleTimer(nameof(RepeatStep), RepeatStep.Instance, StepTime);
    }

    private void Prepare(SourceState? known)
    {
        _step = default;
        Timers.Cancel(nameof(RepeatStep)); // reading a large file may take longer than any step
        (IngestFile request, IngestPorts ports, IEmbedderFactory embedder) = (_request, _ports, _embedder);
        Task.Run(() => PreparedFile.Read(request, known, ports, embedder)).PipeTo(Self);
    }

    private void OnPrepared(PreparedFile file)
    {
        _file = file;
        switch (file.State)
        {
            case PreparedState.Gone:
                Step(_ports.Index, id => new RemoveSources(id, [_request.Path]));
                break;
            case PreparedState.Unchanged:
                Finish(_done with { Unchanged = true });
                break;
            case PreparedState.Unreadable:
                Fail(file.Fault!);
                break;
            default:
                Step(_ports.Index, id => new FindVectors(id, _embedder.Model.Id, [.. file.Chunks.Select(c => c.Chunk.EmbeddingTextHash).Distinct()]));
                break;
        }
    }

    private void OnVectorsFound(VectorsFound found)
    {
        foreach ((TextHash hash, float[] vector) in found.Vectors)
        {
            _vectors.Add(hash, vector);
        }

        foreach (TokenizedText text in _file!.Chunks.Select(c => c.Text).DistinctBy(t => t.Hash).Where(t => !_vectors.ContainsKey(t.Hash)))
        {
            _toEmbed.Enqueue(text);
        }

        EmbedNext();
    }

    private void EmbedNext()
    {
        if (_toEmbed.Count == 0 || _modelUnavailable)
        {
            Step(_ports.Index, id => new Store(id, _file!.ToEntry(_request, _embedder.Model.Id, _vectors)));
            return;
        }

        TokenizedText[] texts = [.. _toEmbed.Take(TextsPerRequest)];
        DateTimeOffset deadline = Context.System.Scheduler.Now + EmbedTime;
        EmbeddingLane lane = _request.Deliberate ? EmbeddingLane.Query : EmbeddingLane.Ingest; // somebody waits for what was given by hand
        Step(_ports.Embedding, id => new EmbeddingProtocol.Embed(id, _request.Client, lane, texts, deadline));
    }

    private void OnEmbedded(EmbeddingProtocol.Embedded embedded)
    {
        foreach (float[] vector in embedded.Vectors)
        {
            _vectors[_toEmbed.Dequeue().Hash] = vector;
        }

        Context.Parent.Tell(new FileProgress(_request.Path, _vectors.Count));

        EmbedNext();
    }

    private void OnStored(Stored stored)
    {
        _done = new FileIngested(_request.Path, stored.Memories, _file!.Chunks.Count, EmbeddingPending: _toEmbed.Count > 0);
        _toForget = new Queue<MemoryId>(_file.Deleted);
        ForgetNext();
    }

    /// <summary>An append-only file may delete what an earlier file of its series added.</summary>
    private void ForgetNext()
    {
        if (_toForget.TryDequeue(out MemoryId id))
        {
            Step(_ports.Index, step => new Forget(step, id));
        }
        else if (_file!.Fault is { } fault)
        {
            Fail(fault);
        }
        else
        {
            Finish(_done);
        }
    }

    private void OnFailed(RequestFailed failed)
    {
        bool embedding = _step.Message is EmbeddingProtocol.Embed;
        switch (failed.Code)
        {
            case FailureCode.Busy:
                Timers.StartSingleTimer(nameof(RepeatStep), RepeatStep.Instance, failed.RetryAfter ?? TimeSpan.FromMilliseconds(250));
                break;
            case FailureCode.Expired when embedding:
                EmbedNext();
                break;
            case FailureCode.ModelUnavailable when embedding:
                _modelUnavailable = true;
                EmbedNext();
                break;
            default:
                Fail(failed.Message);
                break;
        }
    }

    /// <summary>Keeps the reason with the path, so that <c>recall status</c> shows it; then tells the parent.</summary>
    private void Fail(string reason)
    {
        if (_fault is not null)
        {
            AfterFault(); // the index can't even take the fault
            return;
        }

        _fault = reason;
        _log.Warning("{0}: {1}", _request.Path, reason);
        var fault = new SourceFault(_request.Path, reason, Context.System.Scheduler.Now);
        Step(_ports.Index, id => new RecordFault(id, fault));
    }

    private void AfterFault() => Finish(_done with { Failure = _fault });

    private void Finish(FileIngested done)
    {
        Context.Parent.Tell(done);
        Context.Stop(Self);
    }

    private sealed class RepeatStep : IInternalMessage
    {
        public static readonly RepeatStep Instance = new();
    }
}
