using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Serialization;

namespace Akka.Remote;

/// <summary>
/// References to local and remote actors: what <c>akka.actor.provider = remote</c> names. Actors are made locally only;
/// deployment to other systems is left out, in both directions.
/// </summary>
public class RemoteActorRefProvider : IActorRefProvider
{
    private readonly LocalActorRefProvider _local;
    private Remoting? _transport;
    private IActorRef? _remoteWatcher;
    private Information? _serializationInformation;

    public RemoteActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        settings.InjectTopLevelFallback(ConfigurationFactory.FromResource("Akka.Remote.reference.conf", typeof(RemoteActorRefProvider).Assembly));
        RemoteSettings = new RemoteSettings(settings.Config);
        _local = new LocalActorRefProvider(systemName, settings, eventStream);
    }

    public RemoteSettings RemoteSettings { get; }

    /// <summary>Tells local watchers of remote actors.</summary>
    public IActorRef RemoteWatcher => _remoteWatcher ?? _local.DeadLetters;

    internal Remoting Transport => _transport ?? throw new InvalidOperationException("Remoting has not been started");

    /// <summary>Where other systems reach this one, port and all; the local address until it listens.</summary>
    public Address DefaultAddress => _transport?.DefaultAddress ?? _local.DefaultAddress;

    public IInternalActorRef RootGuardian => _local.RootGuardian;

    public LocalActorRef Guardian => _local.Guardian;

    public LocalActorRef SystemGuardian => _local.SystemGuardian;

    public IActorRef DeadLetters => _local.DeadLetters;

    public IActorRef IgnoreRef => _local.IgnoreRef;

    public ActorPath RootPath => _local.RootPath;

    public Settings Settings => _local.Settings;

    public Task TerminationTask => _local.TerminationTask;

    public IInternalActorRef TempContainer => _local.TempContainer;

    public Information SerializationInformation => _transport?.DefaultAddress is { } address
        ? _serializationInformation ??= new Information(address, _local.SerializationInformation.System)
        : _local.SerializationInformation;

    public void Init(ActorSystemImpl system)
    {
        _local.Init(system);
        var transport = new Remoting(system, this);
        system.SystemActorOf(Props.Create(() => new Terminator(transport, _local.SystemGuardian)), "remoting-terminator");
        _transport = transport;
        transport.Start();
        _remoteWatcher = system.SystemActorOf(Props.Create(() => new RemoteWatcher(this)).WithDispatcher(Remoting.DispatcherId), "remote-watcher");
    }

    public ActorPath TempPath() => _local.TempPath();

    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path) => _local.RegisterTempActor(actorRef, path);

    public void UnregisterTempActor(ActorPath path) => _local.UnregisterTempActor(path);

    public FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs) => _local.CreateFutureRef(tcs);

    public IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService,
        Deploy deploy, bool lookupDeploy, bool async) =>
        _local.ActorOf(system, props, supervisor, path, systemService, deploy, lookupDeploy, async);

    public IActorRef RootGuardianAt(Address address) =>
        HasAddress(address) ? RootGuardian : new RemoteActorRef(this, new RootActorPath(address));

    public IActorRef ResolveActorRef(string path)
    {
        if (path.Length == 0)
            return ActorRefs.NoSender;
        if (ActorPath.TryParse(path, out var actorPath))
            return ResolveActorRef(actorPath);
        _local.Log.Debug("resolve of unknown path [{0}] failed", path);
        return DeadLetters;
    }

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (HasAddress(actorPath.Address))
            return _local.ResolveActorRef(RootGuardian, actorPath.ElementsWithUid);
        if (actorPath.Address is { Protocol: "akka.tcp", HasGlobalScope: true })
            return new RemoteActorRef(this, actorPath);
        _local.Log.Warning("Error while resolving address [{0}]: no transport is loaded for it", actorPath.Address);
        return new EmptyLocalActorRef(this, RootPath, _local.EventStream);
    }

    /// <summary>As <see cref="ResolveActorRef(string)"/>, for a path that a message names; the root can be meant as well.</summary>
    internal IInternalActorRef ResolveRecipient(string path)
    {
        if (ActorPath.TryParse(path, out var actorPath) && actorPath is RootActorPath && HasAddress(actorPath.Address))
            return RootGuardian;
        return ResolveActorRef(path) as IInternalActorRef ?? (IInternalActorRef)DeadLetters;
    }

    public Address? GetExternalAddressFor(Address address)
    {
        if (HasAddress(address))
            return RootPath.Address;
        return address is { Protocol: "akka.tcp", HasGlobalScope: true } ? _transport?.DefaultAddress : null;
    }

    /// <summary>Refuses all further talk with one incarnation of a remote system; without a uid, gates its address.</summary>
    public void Quarantine(Address address, int? uid) => Transport.Quarantine(address, uid);

    private bool HasAddress(Address address) => address.Equals(RootPath.Address) || address.Equals(_transport?.DefaultAddress);

    /// <summary>Closes remoting after the user's actors have stopped, and before the system's do.</summary>
    private sealed class Terminator : UntypedActor
    {
        private readonly Remoting _transport;
        private readonly IActorRef _systemGuardian;

        public Terminator(Remoting transport, IActorRef systemGuardian)
        {
            _transport = transport;
            _systemGuardian = systemGuardian;
        }

        private sealed record Closed : INoSerializationVerificationNeeded;

        protected override void PreStart() => _systemGuardian.Tell(RegisterTerminationHook.Instance);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case TerminationHook:
                    _transport.ShutdownAsync().ContinueWith(_ => new Closed(), TaskScheduler.Default).PipeTo(Self);
                    break;
                case Closed:
                    _systemGuardian.Tell(TerminationHookDone.Instance);
                    Context.Stop(Self);
                    break;
            }
        }
    }
}
