using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Serialization;
using Akka.Util;
using Akka.Util.Internal;

namespace Akka.Actor;

/// <summary>Makes and finds references; named in configuration as <c>akka.actor.provider</c>.</summary>
public interface IActorRefProvider
{
    IInternalActorRef RootGuardian { get; }

    LocalActorRef Guardian { get; }

    LocalActorRef SystemGuardian { get; }

    IActorRef DeadLetters { get; }

    IActorRef IgnoreRef { get; }

    ActorPath RootPath { get; }

    Settings Settings { get; }

    /// <summary>Completes when the root guardian is gone.</summary>
    Task TerminationTask { get; }

    IInternalActorRef TempContainer { get; }

    /// <summary>The address other systems know this one by; local until remoting has started.</summary>
    Address DefaultAddress { get; }

    Information SerializationInformation { get; }

    void Init(ActorSystemImpl system);

    /// <summary>A new path for a reference that is not an actor's: who asks something.</summary>
    ActorPath TempPath();

    void RegisterTempActor(IInternalActorRef actorRef, ActorPath path);

    void UnregisterTempActor(ActorPath path);

    FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs);

    /// <summary>The root of a system; dead letters for one that cannot be reached from here.</summary>
    IActorRef RootGuardianAt(Address address);

    IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService,
        Deploy deploy, bool lookupDeploy, bool async);

    /// <summary>The actor at a path; an <see cref="EmptyLocalActorRef"/> if there is none.</summary>
    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>The address to reach this system under from there; null if it cannot be.</summary>
    Address GetExternalAddressFor(Address address);
}

/// <summary>References to actors of this system only.</summary>
public sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly TaskCompletionSource<Status> _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AtomicCounterLong _lastTemp = new();
    private readonly IInternalActorRef _deadLetters;
    private readonly ActorPath _tempNode;
    private ActorSystemImpl _system;
    private RootGuardianActorRef _rootGuardian;
    private VirtualPathContainer _tempContainer;
    private Information _serializationInformation;

    public LocalActorRefProvider(string systemName, Settings settings, EventStream eventStream)
    {
        Settings = settings;
        EventStream = eventStream;
        RootPath = new RootActorPath(new Address("akka", systemName));
        Log = Logging.GetLogger(eventStream, "LocalActorRefProvider(" + RootPath.Address + ")");
        _deadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", eventStream);
        IgnoreRef = new IgnoreActorRef(this);
        _tempNode = RootPath / "temp";
    }

    public EventStream EventStream { get; }

    public ILoggingAdapter Log { get; }

    public Settings Settings { get; }

    public ActorPath RootPath { get; }

    public IActorRef DeadLetters => _deadLetters;

    public IActorRef IgnoreRef { get; }

    public IInternalActorRef RootGuardian => _rootGuardian;

    public LocalActorRef Guardian { get; private set; }

    public LocalActorRef SystemGuardian { get; private set; }

    public IInternalActorRef TempContainer => _tempContainer;

    public Task TerminationTask => _terminated.Task;

    public Address DefaultAddress => RootPath.Address;

    public Information SerializationInformation =>
        _serializationInformation ??= new Information(RootPath.Address, _system
            ?? throw new InvalidOperationException("Too early access of SerializationInformation"));

    public void Init(ActorSystemImpl system)
    {
        _system = system;
        var dispatcher = system.Dispatchers.InternalDispatcher;
        var mailbox = system.Mailboxes.Lookup(Mailboxes.DefaultMailboxId);
        var rootStrategy = new OneForOneStrategy(e =>
        {
            Log.Error(e, "Guardian failed. Shutting down system");
            return Directive.Stop;
        });
        _rootGuardian = new RootGuardianActorRef(
            system, Props.Create(typeof(GuardianActor)).WithSupervisorStrategy(rootStrategy), dispatcher, mailbox,
            new RootGuardianSupervisor((RootActorPath)RootPath, this, _terminated, Log), RootPath, _deadLetters);
        // system.Provider, not this: a wrapping provider resolves for remote senders.
        _tempContainer = new VirtualPathContainer(system.Provider, _tempNode, _rootGuardian);
        _rootGuardian.SetTempContainer(_tempContainer);

        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        Guardian = AddGuardian("user", Props.Create(typeof(GuardianActor)).WithSupervisorStrategy(strategy));
        SystemGuardian = AddGuardian(
            "system",
            Props.Create(typeof(SystemGuardianActor), Guardian).WithSupervisorStrategy(SupervisorStrategy.DefaultStrategy));
        _rootGuardian.Start();
        // The end of user ends system, the end of system ends the root.
        SystemGuardian.SendSystemMessage(new Watch(Guardian, SystemGuardian));
        _rootGuardian.SendSystemMessage(new Watch(SystemGuardian, _rootGuardian));
        EventStream.StartDefaultLoggers(system);

        LocalActorRef AddGuardian(string name, Props props)
        {
            var guardian = new LocalActorRef(system, props, dispatcher, mailbox, _rootGuardian, RootPath / name);
            _rootGuardian.Cell.InitChild(guardian);
            guardian.Start();
            return guardian;
        }
    }

    public ActorPath TempPath() => _tempNode / _lastTemp.Next().Base64Encode("$");

    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path)
    {
        if (path.Parent != _tempNode)
            throw new InvalidOperationException("Cannot RegisterTempActor() with anything not obtained from tempPath()");
        _tempContainer.AddChild(path.Name, actorRef);
    }

    public void UnregisterTempActor(ActorPath path)
    {
        if (path.Parent != _tempNode)
            throw new InvalidOperationException("Cannot UnregisterTempActor() with anything not obtained from tempPath()");
        _tempContainer.RemoveChild(path.Name);
    }

    public FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs) => new(tcs, TempPath(), this);

    public IActorRef RootGuardianAt(Address address) => address == RootPath.Address ? _rootGuardian : _deadLetters;

    public Address GetExternalAddressFor(Address address) => address == RootPath.Address ? address : null;

    public IActorRef ResolveActorRef(string path)
    {
        if (ActorPath.TryParse(path, out var actorPath) && actorPath.Address == RootPath.Address)
            return ResolveActorRef(_rootGuardian, actorPath.ElementsWithUid);
        Log.Debug("Resolve of unknown path [{0}] failed. Invalid format.", path);
        return _deadLetters;
    }

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (actorPath.Address == RootPath.Address)
            return ResolveActorRef(_rootGuardian, actorPath.ElementsWithUid);
        Log.Debug("Resolve of foreign ActorPath [{0}] failed", actorPath);
        return _deadLetters;
    }

    internal IInternalActorRef ResolveActorRef(IInternalActorRef from, IReadOnlyList<string> pathElements)
    {
        if (pathElements.Count == 0)
            return _deadLetters;
        var child = from.GetChild(pathElements);
        return child.IsNobody()
            ? new EmptyLocalActorRef(_system.Provider, from.Path / pathElements, EventStream)
            : (IInternalActorRef)child;
    }

    public IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService,
        Deploy deploy, bool lookupDeploy, bool async)
    {
        if (!system.Dispatchers.HasDispatcher(props.Dispatcher))
            throw new ConfigurationException($"Dispatcher [{props.Dispatcher}] not configured for path {path}");
        try
        {
            var dispatcher = system.Dispatchers.Lookup(props.Dispatcher);
            var mailboxType = system.Mailboxes.GetMailboxType(props, dispatcher.Configurator.Config);
            return new LocalActorRef(system, props, dispatcher, mailboxType, supervisor, path);
        }
        catch (Exception e)
        {
            throw new ConfigurationException(
                $"Configuration problem while creating [{path}] with dispatcher [{props.Dispatcher}] and mailbox [{props.Mailbox}]",
                e);
        }
    }
}
