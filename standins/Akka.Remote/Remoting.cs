using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

public class RemoteTransportException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>The way out: starts and stops the <see cref="EndpointManager"/> and hands messages to it.</summary>
internal sealed class Remoting
{
    public const string DispatcherId = Akka.Dispatch.Dispatchers.InternalDispatcherId;

    private readonly ExtendedActorSystem _system;
    private readonly RemoteActorRefProvider _provider;
    private readonly ILoggingAdapter _log;
    private readonly EventPublisher _events;
    private volatile IActorRef? _manager;

    public Remoting(ExtendedActorSystem system, RemoteActorRefProvider provider)
    {
        _system = system;
        _provider = provider;
        _log = Logging.GetLogger(system, "remoting");
        _events = new EventPublisher(system, _log, Logging.LogLevelFor(provider.RemoteSettings.RemoteLifecycleEventsLogLevel));
    }

    /// <summary>Where others reach this system, protocol "akka.tcp"; null before <see cref="Start"/>.</summary>
    public Address? DefaultAddress { get; private set; }

    /// <summary>Returns when the system listens.</summary>
    /// <exception cref="RemoteTransportException">The port cannot be had.</exception>
    public void Start()
    {
        _log.Info("Starting remoting");
        _manager = _system.SystemActorOf(Props.Create(() => new EndpointManager(_provider, _log)).WithDispatcher(DispatcherId), "endpointManager");
        var address = new TaskCompletionSource<Address>(TaskCreationOptions.RunContinuationsAsynchronously);
        _manager.Tell(new EndpointManager.Listen(address), ActorRefs.NoSender);
        try
        {
            // The system is not made before it listens, and ActorSystem.Create is synchronous.
            if (!address.Task.Wait(_provider.RemoteSettings.StartupTimeout))
                throw new TimeoutException("Startup timed out");
            DefaultAddress = address.Task.Result;
        }
        catch (Exception e)
        {
            var cause = (e as AggregateException)?.InnerException ?? e;
            _events.NotifyListeners(new RemotingErrorEvent(new RemoteTransportException("Startup failed", cause)));
            throw;
        }
        _log.Info("Remoting started; listening on addresses : [{0}]", DefaultAddress);
        _events.NotifyListeners(new RemotingListenEvent([DefaultAddress]));
    }

    /// <summary>Tells all associated systems, closes all connections. Never fails.</summary>
    public async Task ShutdownAsync()
    {
        if (_manager is not { } manager)
            return;
        try
        {
            if (!await manager.Ask<bool>(new EndpointManager.ShutdownAndFlush(), _provider.RemoteSettings.ShutdownTimeout).ConfigureAwait(false))
                _log.Warning("Shutdown finished, but flushing might not have been successful and some messages might have been dropped. Increase akka.remote.flush-wait-on-shutdown to a larger value to avoid this.");
        }
        catch (Exception e)
        {
            _events.NotifyListeners(new RemotingErrorEvent(new RemoteTransportException("Failure during shutdown of remoting", e)));
        }
        _manager = null;
        _events.NotifyListeners(new RemotingShutdownEvent());
    }

    public void Send(object message, IActorRef? sender, RemoteActorRef recipient) =>
        Manager(recipient).Tell(new EndpointManager.Send(message, recipient, sender), ActorRefs.NoSender);

    public void Quarantine(Address address, int? uid) =>
        _manager?.Tell(new EndpointManager.Quarantine(address, uid), ActorRefs.NoSender);

    // After the end, messages to remote actors are lost as they would be on the way.
    private IActorRef Manager(RemoteActorRef recipient)
    {
        if (_manager is { } manager)
            return manager;
        _log.Debug("Message to [{0}] is dropped: remoting is not running", recipient);
        return ActorRefs.Nobody;
    }
}
