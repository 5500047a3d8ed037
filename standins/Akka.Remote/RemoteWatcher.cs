using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Watches remote actors for local ones, and the systems they live in by heartbeats. Other systems' watchers find
/// this actor by its path, /system/remote-watcher. Its timers run only while something is watched.
/// </summary>
public class RemoteWatcher : UntypedActor
{
    public sealed class WatchRemote(IInternalActorRef watchee, IInternalActorRef watcher) : INoSerializationVerificationNeeded
    {
        public IInternalActorRef Watchee { get; } = watchee;
        public IInternalActorRef Watcher { get; } = watcher;
    }

    public sealed class UnwatchRemote(IInternalActorRef watchee, IInternalActorRef watcher) : INoSerializationVerificationNeeded
    {
        public IInternalActorRef Watchee { get; } = watchee;
        public IInternalActorRef Watcher { get; } = watcher;
    }

    public sealed class Heartbeat
    {
        private Heartbeat()
        {
        }

        public static Heartbeat Instance { get; } = new();
    }

    public class HeartbeatRsp(int addressUid)
    {
        public int AddressUid { get; } = addressUid;
    }

    private sealed record HeartbeatTick : INoSerializationVerificationNeeded;
    private sealed record ReapTick : INoSerializationVerificationNeeded;
    private sealed record ExpectedFirstHeartbeat(Address From) : INoSerializationVerificationNeeded;

    /// <summary>A remote system with watched actors.</summary>
    private sealed class Node(RemoteSettings settings)
    {
        public readonly Dictionary<IInternalActorRef, HashSet<IInternalActorRef>> WatchersByWatchee = [];
        public readonly PhiAccrualFailureDetector Detector = new(settings.WatchFailureDetectorConfig, () => Environment.TickCount64);
        public int? Uid;
        public bool Unreachable;
    }

    private readonly RemoteActorRefProvider _provider;
    private readonly RemoteSettings _settings;
    private readonly HeartbeatRsp _answer = new(AddressUidExtension.Uid(Context.System));
    private readonly Dictionary<Address, Node> _nodes = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ICancelable? _heartbeats;
    private ICancelable? _reaping;

    public RemoteWatcher(RemoteActorRefProvider provider)
    {
        _provider = provider;
        _settings = provider.RemoteSettings;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Heartbeat:
                Sender.Tell(_answer);
                break;
            case HeartbeatRsp response:
                OnHeartbeatRsp(Sender.Path.Address, response.AddressUid);
                break;
            case HeartbeatTick:
                SendHeartbeats();
                break;
            case ReapTick:
                Reap();
                break;
            case ExpectedFirstHeartbeat expected:
                // From here on, silence counts.
                if (_nodes.TryGetValue(expected.From, out var silent) && !silent.Detector.IsMonitoring)
                    silent.Detector.Heartbeat();
                break;
            case WatchRemote watch:
                Watch(watch.Watchee, watch.Watcher);
                break;
            case UnwatchRemote unwatch:
                Unwatch(unwatch.Watchee, unwatch.Watcher);
                break;
            case Terminated terminated:
                OnTerminated(terminated);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => StopTimers();

    private void Watch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        var address = watchee.Path.Address;
        if (!_nodes.TryGetValue(address, out var node))
            _nodes[address] = node = new Node(_settings);
        if (!node.WatchersByWatchee.TryGetValue(watchee, out var watchers))
            node.WatchersByWatchee[watchee] = watchers = [];
        watchers.Add(watcher);
        Context.Watch(watchee);
        _heartbeats ??= Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(
            _settings.WatchHeartBeatInterval, _settings.WatchHeartBeatInterval, Self, new HeartbeatTick(), Self);
        _reaping ??= Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(
            _settings.WatchUnreachableReaperInterval, _settings.WatchUnreachableReaperInterval, Self, new ReapTick(), Self);
    }

    private void Unwatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (_nodes.TryGetValue(watchee.Path.Address, out var node)
            && node.WatchersByWatchee.TryGetValue(watchee, out var watchers)
            && watchers.Remove(watcher)
            && watchers.Count == 0)
        {
            Context.Unwatch(watchee);
            Remove(node, watchee);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        var watchee = (IInternalActorRef)terminated.ActorRef;
        if (!_nodes.TryGetValue(watchee.Path.Address, out var node) || !node.WatchersByWatchee.TryGetValue(watchee, out var watchers))
            return;
        if (!terminated.AddressTerminated) // else the watchers have heard it themselves
        {
            foreach (var watcher in watchers)
                watcher.SendSystemMessage(new DeathWatchNotification(watchee, terminated.ExistenceConfirmed, addressTerminated: false));
        }
        Remove(node, watchee);
    }

    private void Remove(Node node, IInternalActorRef watchee)
    {
        node.WatchersByWatchee.Remove(watchee);
        if (node.WatchersByWatchee.Count > 0)
            return;
        _nodes.Remove(watchee.Path.Address);
        if (_nodes.Count == 0)
            StopTimers();
    }

    private void SendHeartbeats()
    {
        foreach (var (address, node) in _nodes)
        {
            if (node.Unreachable)
                continue;
            if (!node.Detector.IsMonitoring)
                Context.System.Scheduler.ScheduleTellOnce(_settings.WatchHeartbeatExpectedResponseAfter, Self, new ExpectedFirstHeartbeat(address), Self);
            Context.ActorSelection(new RootActorPath(address) / Self.Path.Elements).Tell(Heartbeat.Instance);
        }
    }

    private void OnHeartbeatRsp(Address from, int uid)
    {
        if (!_nodes.TryGetValue(from, out var node) || node.Unreachable)
            return;
        if (node.Uid != uid)
        {
            // A system that was not there, or another incarnation: it does not know yet what we watch.
            foreach (var watchee in node.WatchersByWatchee.Keys)
                watchee.SendSystemMessage(new Watch(watchee, (IInternalActorRef)Self));
        }
        node.Uid = uid;
        node.Detector.Heartbeat();
    }

    private void Reap()
    {
        foreach (var (address, node) in _nodes.Where(entry => !entry.Value.Unreachable && !entry.Value.Detector.IsAvailable).ToList())
        {
            _log.Warning("Detected unreachable: [{0}]", address);
            _provider.Quarantine(address, node.Uid);
            node.Unreachable = true;
            // Reaches everyone who watches there, this actor too.
            AddressTerminatedTopic.Get(Context.System).Publish(new AddressTerminated(address));
        }
    }

    private void StopTimers()
    {
        _heartbeats?.Cancel();
        _reaping?.Cancel();
        _heartbeats = _reaping = null;
    }
}
