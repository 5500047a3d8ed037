using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ingest;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>Takes in memories and files: a child per request, and a child per file in flight, at most so many at once and one per path.</summary>
public sealed class IngestActor : RequestCoordinator
{
    private static readonly TimeSpan RescanTime = TimeSpan.FromDays(1);

    private readonly IngestPorts _ports;
    private readonly int _maxFiles;
    private readonly Dictionary<string, FileJob> _jobs = [];
    private readonly FileQueue<FileJob> _waiting = new();
    private readonly Dictionary<IActorRef, FileJob> _inFlight = [];
    private IActorRef _watch;
    private IActorRef _backlog = ActorRefs.Nobody;
    private IEmbedderFactory? _backlogModel;

    public IngestActor(IngestPorts ports, int maxFiles, RequestLimits limits)
        : base(limits, ports.Metrics)
    {
        _ports = ports;
        _maxFiles = maxFiles;
        _watch = StartWatch();
        ServeWrite<AddMemory>(request => AddActor.CreateProps(request, ports));
        ServeWrite<UpdateMemory>(request => UpdateActor.CreateProps(request, ports));
        ServeWrite<ForgetMemory>(request => ForgetActor.CreateProps(request, ports));
        ServeWrite<RedactStored>(request => RedactActor.CreateProps(request, ports));
        Serve<ImportPaths>(request => ImportActor.CreateProps(request, ports));
        Receive<Authorized<StopWatching>>(message => _watch.Forward(message));
        Receive<GetWatched>(message => _watch.Forward(message));
        Receive<WatchRoot>(message => _watch.Forward(message));
        Receive<Rescan>(OnRescan);
        Receive<IngestFile>(OnIngestFile);
        Receive<FileProgress>(OnProgress);
        Receive<FileIngested>(done => Complete(Sender, done));
        Receive<EmbeddingProtocol.ModelReady>(_ => EmbedBacklog());
        Receive<IndexProtocol.ModelChanged>(_ => OnModelChanged());
    }

    public static Props CreateProps(IngestPorts ports, int maxFiles, RequestLimits limits) => Props.Create(() => new IngestActor(ports, maxFiles, limits));

    protected override int OpenWork => base.OpenWork + _jobs.Count + (_backlog.IsNobody() ? 0 : 1);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EmbeddingProtocol.ModelReady>(Self);
        Context.System.EventStream.Subscribe<IndexProtocol.ModelChanged>(Self);
        EmbedBacklog();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnChildStopped(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_backlog))
        {
            _backlog = ActorRefs.Nobody;
            if (_backlogModel != _ports.Models.Embedder)
            {
                EmbedBacklog();
            }
        }
        else if (terminated.ActorRef.Equals(_watch))
        {
            _watch = StartWatch(); // it reads from the files what it has to follow
        }
        else if (_inFlight.TryGetValue(terminated.ActorRef, out FileJob? job))
        {
            Complete(terminated.ActorRef, new FileIngested(job.Path, [], Failure: "The host failed at this file; its log says why."));
        }
        else
        {
            base.OnChildStopped(terminated);
        }
    }

    /// <summary>An import that is over wants no more of what waits for it here. What was added by itself is stored all the same.</summary>
    protected override void OnClosed(IActorRef child)
    {
        foreach (FileJob job in _jobs.Values.Where(job => job.Leave(child) && !job.IsRunning).ToList())
        {
            _waiting.Remove(job);
            _jobs.Remove(job.Path);
        }
    }

    private IActorRef StartWatch() => Context.Watch(Context.ActorOf(WatchActor.CreateProps(_ports), "watch"));

    private void OnRescan(Rescan rescan)
    {
        var header = new RequestHeader(Guid.NewGuid(), Guid.Empty, Context.System.Scheduler.Now + RescanTime);
        var request = new ImportPaths(header, rescan.Paths, rescan.Project, Watch: false);
        Self.Tell(new Authorized<ImportPaths>(request, ActorRefs.Nobody, ClientId.Host));
    }

    private void OnIngestFile(IngestFile request)
    {
        if (Sender.Path.Parent.Equals(Self.Path) && !IsOpen(Sender))
        {
            return; // from an import that was over when it sent this
        }

        if (!_jobs.TryGetValue(request.Path, out FileJob? job))
        {
            _jobs.Add(request.Path, job = new FileJob(request.Path));
        }

        if (job.Ask(Sender, request))
        {
            _waiting.Remove(job);
            Enqueue(job);
        }
    }

    private void Enqueue(FileJob job)
    {
        _waiting.Enqueue(job.Next!.Client, job, job.Next.Deliberate);
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
            if (IsDraining && !job.IsWantedBy(IsOpen))
            {
                _jobs.Remove(job.Path);
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

        if (job.Next is null)
        {
            _jobs.Remove(job.Path);
            StartNext();
        }
        else
        {
            Enqueue(job);
        }
    }

    /// <summary>Embeds what was stored while the model could not be used, or another one was in force.</summary>
    private void EmbedBacklog()
    {
        if (_backlog.IsNobody())
        {
            _backlogModel = _ports.Models.Embedder;
            _backlog = Context.Watch(Context.ActorOf(BacklogActor.CreateProps(_ports.Index, _ports.Embedding, _backlogModel, ActorRefs.Nobody)));
        }
    }

    private void OnModelChanged()
    {
        if (_backlog.IsNobody())
        {
            EmbedBacklog();
        }
        else
        {
            Context.Stop(_backlog); // and another one for the new model then
        }
    }

    /// <summary>One path: who waits for the pass in flight, and who came after it began and needs another.</summary>
    private sealed class FileJob(string path)
    {
        private readonly List<IActorRef> _waiting = [];

        public string Path => path;

        public bool IsRunning { get; private set; }

        /// <summary>Who gets the outcome of the pass in flight.</summary>
        public IReadOnlyList<IActorRef> Askers { get; private set; } = [];

        /// <summary>The pass after that one, or the first; null: nobody wants any.</summary>
        public IngestFile? Next { get; private set; }

        /// <summary>Whether one of these waits for the next pass.</summary>
        public bool IsWantedBy(Func<IActorRef, bool> askers) => _waiting.Any(askers);

        /// <summary>True: it is to be queued, perhaps again, with others before it or behind it than so far.</summary>
        public bool Ask(IActorRef asker, IngestFile request)
        {
            bool wasDeliberate = Next?.Deliberate == true;
            bool toBeQueued = !IsRunning && (Next is null || (request.Deliberate && !wasDeliberate));
            _waiting.Add(asker);
            Next = request with { Deliberate = request.Deliberate || wasDeliberate, Anew = request.Anew || Next?.Anew == true };
            return toBeQueued;
        }

        /// <summary>True: nobody wants the next pass any more.</summary>
        public bool Leave(IActorRef asker)
        {
            if (!_waiting.Remove(asker) || _waiting.Count > 0 || Next!.Deliberate)
            {
                return false;
            }

            Next = null;
            return true;
        }

        public IngestFile Start()
        {
            IngestFile request = Next!;
            (IsRunning, Askers, Next) = (true, [.. _waiting], null);
            _waiting.Clear();
            return request;
        }

        public IReadOnlyList<IActorRef> Finish()
        {
            IReadOnlyList<IActorRef> finished = Askers;
            (IsRunning, Askers) = (false, []);
            return finished;
        }
    }
}
