using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Follows the watched roots and the home folder's own memories: looks at all of them at first, then at what changes, gathered for a
/// moment so that a burst is one pass. A root that is not watched is looked at when the index knows nothing of it: so an index that was
/// lost is rebuilt from the files.
/// </summary>
internal sealed class WatchActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(250);

    private readonly IngestPorts _ports;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, (ImportRoot Root, IDisposable Watch)> _watched = [];
    private readonly HashSet<(string Root, string Path)> _changed = [];
    private readonly Dictionary<Guid, ImportRoot> _unwatched = [];

    public WatchActor(IngestPorts ports)
    {
        _ports = ports;
        Receive<IndexReopened>(_ => LoadRoots());
        Receive<RootsLoaded>(OnRootsLoaded);
        Receive<SourcesFound>(OnSourcesFound);
        Receive<WatchRoot>(watch => Follow(watch.Root));
        Receive<PathChanged>(OnPathChanged);
        Receive<GatheringDone>(_ => RescanChanged());
        Receive<Authorized<StopWatching>>(OnStopWatching);
        Receive<WatchingEnded>(ended => ended.Client.Tell(ended.Reply, ActorRefs.NoSender));
        Receive<GetWatched>(request => Sender.Tell(new Watched(request.RequestId, [.. _watched.Keys.Where(p => p != _ports.MemoriesFolder).Order(StringComparer.Ordinal)])));
        Receive<Status.Failure>(failure => _log.Error(failure.Cause, "The list of imported folders can't be used"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IngestPorts ports) => Props.Create(() => new WatchActor(ports));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<IndexReopened>(Self);
        LoadRoots();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach ((_, IDisposable watch) in _watched.Values)
        {
            watch.Dispose();
        }
    }

    private void LoadRoots()
    {
        IRootList roots = _ports.Roots;
        Task.Run(() => new RootsLoaded(roots.Load())).PipeTo(Self);
    }

    private void OnRootsLoaded(RootsLoaded loaded)
    {
        foreach (ImportRoot root in loaded.Roots.Append(new ImportRoot(_ports.MemoriesFolder, null, Watch: true)))
        {
            if (root.Watch)
            {
                Follow(root);
                LookAt(root);
            }
            else
            {
                var id = Guid.NewGuid();
                _unwatched.Add(id, root);
                _ports.Index.Tell(new FindSourcesBelow(id, root.Path));
            }
        }
    }

    private void OnSourcesFound(SourcesFound found)
    {
        if (_unwatched.Remove(found.RequestId, out ImportRoot? root) && found.Paths.Count == 0)
        {
            LookAt(root);
        }
    }

    private static void LookAt(ImportRoot root) => Context.Parent.Tell(new IngestProtocol.Rescan([root.Path], root.Project));

    private void Follow(ImportRoot root)
    {
        if (_watched.Remove(root.Path, out (ImportRoot Root, IDisposable Watch) old))
        {
            old.Watch.Dispose();
        }

        IActorRef self = Self;
        _watched.Add(root.Path, (root, _ports.Watcher.Watch(root.Path, path => self.Tell(new PathChanged(root.Path, path ?? root.Path)))));
    }

    private void OnPathChanged(PathChanged changed)
    {
        if (_watched.ContainsKey(changed.Root) && _changed.Add((changed.Root, changed.Path)) && _changed.Count == 1)
        {
            Timers.StartSingleTimer(nameof(GatheringDone), GatheringDone.Instance, GatherTime);
        }
    }

    private void RescanChanged()
    {
        foreach (IGrouping<string, (string Root, string Path)> group in _changed.GroupBy(c => c.Root))
        {
            if (_watched.TryGetValue(group.Key, out (ImportRoot Root, IDisposable Watch) watched))
            {
                Context.Parent.Tell(new IngestProtocol.Rescan([.. group.Select(c => c.Path)], watched.Root.Project));
            }
        }

        _changed.Clear();
    }

    private void OnStopWatching(Authorized<StopWatching> stop)
    {
        List<string> stopped = [];
        foreach (string path in stop.Request.Paths.Select(ImportRoot.Normalise))
        {
            if (path != _ports.MemoriesFolder && _watched.Remove(path, out (ImportRoot Root, IDisposable Watch) watched))
            {
                watched.Watch.Dispose();
                stopped.Add(path);
            }
        }

        IRootList roots = _ports.Roots;
        var reply = new WatchingStopped(stop.Request.Header.RequestId, stopped);
        Task.Run(() =>
        {
            foreach (ImportRoot root in roots.Load().Where(root => stopped.Contains(root.Path)))
            {
                roots.Add(root with { Watch = false });
            }

            return new WatchingEnded(reply, stop.ReplyTo);
        }).PipeTo(Self);
    }

    private sealed record RootsLoaded(IReadOnlyList<ImportRoot> Roots) : IInternalMessage;

    private sealed record PathChanged(string Root, string Path) : IInternalMessage;

    private sealed record WatchingEnded(WatchingStopped Reply, IActorRef Client) : IInternalMessage;

    private sealed class GatheringDone : IInternalMessage
    {
        public static readonly GatheringDone Instance = new();
    }
}
