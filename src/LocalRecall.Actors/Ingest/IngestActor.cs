using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>Takes in memories and files: a child per request, and a child per file in flight, at most so many at once and one per path.</summary>
public sealed class IngestActor : RequestCoordinator
{
    private const int MaxRequests = 256;
    private static readonly TimeSpan RescanTime = TimeSpan.FromDays(1);

    private readonly IngestPorts _ports;
    private readonly int _maxFiles;
    private readonly Dictionary<string, FileJob> _jobs = [];
    private readonly Queue<FileJob> _waiting = [];
    private readonly Dictionary<IActorRef, FileJob> _inFlight = [];
    private readonly IActorRef _watch;
    private IActorRef _backlog = ActorRefs.Nobody;

    public IngestActor(IngestPorts ports, int maxFiles)
        : base(MaxRequests, ports.Metrics)
    {
        _ports = ports;
        _maxFiles = maxFiles;
        _watch = Context.ActorOf(WatchActor.CreateProps(ports), "watch");
        Serve<AddMemory>(request => AddActor.CreateProps(request, ports));
        Serve<ForgetMemory>(request => ForgetActor.CreateProps(request, ports));
        Serve<ImportPaths>(request => ImportActor.CreateProps(request, ports));
        Receive<Authorized<StopWatching>>(_watch.Forward);
        Receive<GetWatched>(_watch.Forward);
        Receive<WatchRoot>(_watch.Forward);
        Receive<Rescan>(OnRescan);
        Receive<IngestFile>(OnIngestFile);
        Receive<FileProgress>(OnProgress);
        Receive<FileIngested>(done => Complete(Sender, done));
        Receive<EmbeddingProtocol.ModelReady>(_ => EmbedBacklog());
    }

    public static Props CreateProps(IngestPorts ports, int maxFiles) => Props.Create(() => new IngestActor(ports, maxFiles));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EmbeddingProtocol.ModelReady>(Self);
        EmbedBacklog();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnChildStopped(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_backlog))
        {
            _backlog = ActorRefs.Nobody;
        }
        else if (_inFlight.TryGetValue(terminated.ActorRef, out FileJob? job))
        {
            Complete(terminated.ActorRef, new FileIngested(job.Request.Path, [], Failure: "The host failed at this file; its log says why."));
        }
        else
        {
            AnswerFor(terminated.ActorRef);
        }
    }

    private void OnRescan(Rescan rescan)
    {
        var header = new RequestHeader(Guid.NewGuid(), Guid.Empty, Context.System.Scheduler.Now + RescanTime);
        var request = new ImportPaths(header, rescan.Paths, rescan.Project, Watch: false);
        Self.Tell(new Authorized<ImportPaths>(request, ActorRefs.Nobody, ClientId.Host));
    }

    private void OnIngestFile(IngestFile request)
    {
        if (_jobs.TryGetValue(request.Path, out FileJob? job))
        {
            job.Ask(Sender, request);
            return;
        }

        job = new FileJob(request, Sender);
        _jobs.Add(request.Path, job);
        _waiting.Enqueue(job);
        StartNext();
    }

    private void OnProgress(FileProgress progress)
    {
        if (_inFlight.TryGetValue(Sender, out FileJob? job))
        {
            foreach (IActorRef asker in job.Askers)
            {
                asker.Tell(progress);
            }
        }
    }

    private void StartNext()
    {
        while (_inFlight.Count < _maxFiles && _waiting.TryDequeue(out FileJob? job))
        {
            if (IsDraining && !job.IsWanted(IsOpen))
            {
                _jobs.Remove(job.Request.Path);
                continue;
            }

            IActorRef child = Context.Watch(Context.ActorOf(FileActor.CreateProps(job.Start(), _ports)));
            _inFlight.Add(child, job);
        }
    }

    private void Complete(IActorRef child, FileIngested done)
    {
        if (!_inFlight.Remove(child, out FileJob? job))
        {
            return;
        }

        foreach (IActorRef asker in job.Finish())
        {
            asker.Tell(done);
        }

        if (job.HasMore)
        {
            _waiting.Enqueue(job);
        }
        else
        {
            _jobs.Remove(job.Request.Path);
        }

        StartNext();
    }

    /// <summary>Embeds what was stored while the model could not be used.</summary>
    private void EmbedBacklog()
    {
        if (_backlog.IsNobody())
        {
            _backlog = Context.Watch(Context.ActorOf(BacklogActor.CreateProps(_ports)));
        }
    }

    /// <summary>One path: who waits for the pass in flight, and who came after it began and needs another.</summary>
    private sealed class FileJob(IngestFile request, IActorRef asker)
    {
        private List<IActorRef> _current = [];
        private List<IActorRef> _next = [asker];

        public IngestFile Request { get; private set; } = request;

        public IReadOnlyList<IActorRef> Askers => _current;

        public bool HasMore => _next.Count > 0;

        public bool IsWanted(Func<IActorRef, bool> isOpen) => _next.Any(isOpen);

        public void Ask(IActorRef other, IngestFile request)
        {
            _next.Add(other);
            Request = request with { Deliberate = request.Deliberate || (Request.Deliberate && _current.Count == 0) };
        }

        public IngestFile Start()
        {
            (_current, _next) = (_next, []);
            return Request;
        }

        public IReadOnlyList<IActorRef> Finish()
        {
            List<IActorRef> finished = _current;
            _current = [];
            return finished;
        }
    }
}
