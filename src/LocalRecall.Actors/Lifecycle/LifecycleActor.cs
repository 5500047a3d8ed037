using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Lifecycle.LifecycleProtocol;

namespace LocalRecall.Actors.Lifecycle;

/// <param name="IdleExit">Without a lease, and without a request for so long, the host stops.</param>
/// <param name="WatchingKeepsAlive">Watched folders are a lease.</param>
public sealed record LifecycleSettings(string HostVersion, string Home, TimeSpan IdleExit, bool WatchingKeepsAlive)
{
    /// <summary>What keeps the host from its start to its end.</summary>
    public IReadOnlyList<string> Leases { get; init; } = [];
}

/// <param name="Coordinators">Whoever may have work under way.</param>
/// <param name="Stop">Begins the host's orderly end.</param>
public sealed record LifecyclePorts(
    IActorRef Index, IActorRef Embedding, IActorRef Ingest, IReadOnlyList<IActorRef> Coordinators, ModelInForce Models, HostMetrics Metrics, Action Stop);

/// <summary>Knows how the host is, and when it ends: when asked, or when nobody has needed it for a while.</summary>
public sealed class LifecycleActor : RequestCoordinator, IWithTimers
{
    private static readonly RequestLimits Limits = new(MaxOpen: 64, MaxOpenPerClient: 16);

    private readonly LifecycleSettings _settings;
    private readonly LifecyclePorts _ports;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly DateTimeOffset _startedAt;
    private DateTimeOffset _lastActivity;
    private Activity _activity = new(0, []);

    public LifecycleActor(LifecycleSettings settings, LifecyclePorts ports)
        : base(Limits, ports.Metrics)
    {
        _settings = settings;
        _ports = ports;
        _startedAt = _lastActivity = Context.System.Scheduler.Now;
        ports.Metrics.Leases = settings.Leases.Count;
        Serve<GetStatus>(request => StatusActor.CreateProps(request, ports, settings, Uptime, _activity));
        Receive<Activity>(activity =>
        {
            _activity = activity;
            ports.Metrics.Clients = activity.Clients;
            ports.Metrics.Leases = activity.Leases.Count + settings.Leases.Count;
            _lastActivity = Context.System.Scheduler.Now;
        });
        Receive<IdleCheck>(_ => Context.ActorOf(NeedActor.CreateProps(ports, settings.WatchingKeepsAlive)));
        Receive<NeedFound>(found => StopIfIdle(found.Needed));
        Receive<Authorized<StopHost>>(stop =>
        {
            _log.Info("A client asked the host to stop");
            stop.ReplyTo.Tell(new HostStopping(stop.Request.Header.RequestId), ActorRefs.NoSender);
            ports.Stop();
        });
        Receive<EmbeddingProtocol.SessionStuck>(_ =>
        {
            _log.Error("The model's session hangs; the host stops, the next client starts another");
            ports.Stop();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Uptime => Context.System.Scheduler.Now - _startedAt;

    public static Props CreateProps(LifecycleSettings settings, LifecyclePorts ports) => Props.Create(() => new LifecycleActor(settings, ports));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(IdleCheck), IdleCheck.Instance, _settings.IdleExit / 4);
        Context.System.EventStream.Subscribe<EmbeddingProtocol.SessionStuck>(Self);
    }

    /// <summary>Made anew, it does not know who is there.</summary>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.ActorSelection("../gateway").Tell(GatewayProtocol.GetActivity.Instance);
    }

    private void StopIfIdle(bool needed)
    {
        if (needed || _activity.Leases.Count > 0 || _settings.Leases.Count > 0)
        {
            _lastActivity = Context.System.Scheduler.Now;
        }
        else if (Context.System.Scheduler.Now - _lastActivity >= _settings.IdleExit)
        {
            _log.Info("Nobody has needed the host for {0}; it stops", _settings.IdleExit);
            _ports.Stop();
        }
    }

    private sealed class IdleCheck : IInternalMessage
    {
        public static readonly IdleCheck Instance = new();
    }
}
