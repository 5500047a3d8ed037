using System.Runtime.Serialization;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// The life of one actor: its state survives restarts of the actor object. Everything here except sending, and
/// <see cref="ActorOf"/> for the guardians, happens on the thread that runs the mailbox.
/// </summary>
public partial class ActorCell : IUntypedActorContext, ICell
{
    public const int UndefinedUid = 0;

    private readonly IInternalActorRef _self;
    private readonly ActorSystemImpl _system;
    private Props _props;
    private ActorBase _actor;
    private bool _actorHasBeenCleared;
    private Mailbox _mailbox;
    private ActorTaskScheduler _taskScheduler;
    private Stack<Receive> _behaviors = new(1);
    private List<SystemMessage> _putOffSystemMessages;
    private TimeSpan? _receiveTimeout;
    private ICancelable _pendingReceiveTimeout;

    public ActorCell(
        ActorSystemImpl system, IInternalActorRef self, Props props, MessageDispatcher dispatcher,
        IInternalActorRef parent)
    {
        _system = system;
        _self = self;
        _props = props;
        Dispatcher = dispatcher;
        Parent = parent;
    }

    internal static ActorCell Current => InternalCurrentActorCellKeeper.Current;

    public IActorRef Self => _self;

    public ActorSystem System => _system;

    public ActorSystemImpl SystemImpl => _system;

    public Props Props => _props;

    public MessageDispatcher Dispatcher { get; }

    public IInternalActorRef Parent { get; }

    IActorRef IActorContext.Parent => Parent;

    public IActorRef Sender { get; private set; }

    public object CurrentMessage { get; internal set; }

    /// <summary>Tells one envelope from the next, for stashes.</summary>
    public int CurrentEnvelopeId { get; private set; }

    public Mailbox Mailbox => Volatile.Read(ref _mailbox);

    public bool HasMessages => Mailbox.HasMessages;

    public int NumberOfMessages => Mailbox.NumberOfMessages;

    public bool IsLocal => true;

    public bool IsTerminated => Mailbox.IsClosed();

    internal ActorBase Actor => _actor;

    internal bool ActorHasBeenCleared => _actorHasBeenCleared;

    private Type ActorType => _actor?.GetType() ?? GetType();

    public virtual ActorTaskScheduler TaskScheduler =>
        _taskScheduler ?? Interlocked.CompareExchange(ref _taskScheduler, new ActorTaskScheduler(this), null) ?? _taskScheduler;

    public void Init(bool sendSupervise, MailboxType mailboxType)
    {
        var mailbox = new Mailbox(mailboxType.Create(_self, _system));
        mailbox.SetActor(this);
        SwapMailbox(mailbox);
        mailbox.SystemEnqueue(_self, new Create());
    }

    internal Mailbox SwapMailbox(Mailbox mailbox) => Interlocked.Exchange(ref _mailbox, mailbox);

    public virtual void Start() => Dispatcher.Attach(this);

    public void Suspend() => SendSystemMessage(new Suspend());

    public void Resume(Exception causedByFailure) => SendSystemMessage(new Resume(causedByFailure));

    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public void Stop() => SendSystemMessage(new Terminate());

    public virtual void SendSystemMessage(ISystemMessage systemMessage) =>
        Dispatcher.SystemDispatch(this, (SystemMessage)systemMessage);

    public virtual void SendMessage(IActorRef sender, object message) =>
        SendMessage(new Envelope(message, sender, _system));

    public virtual void SendMessage(Envelope message)
    {
        try
        {
            Dispatcher.Dispatch(this, _system.Settings.SerializeAllMessages ? Reserialized(message) : message);
        }
        catch (Exception e)
        {
            Publish(new Error(e, _self.Path.ToString(), ActorType, "Swallowing exception during message send"));
        }
    }

    /// <summary>As <see cref="SendMessage(IActorRef, object)"/>, for messages that are never verified: timers' own.</summary>
    internal void SendUnverified(IActorRef sender, object message) =>
        Dispatcher.Dispatch(this, new Envelope(message, sender, _system));

    private Envelope Reserialized(Envelope envelope)
    {
        var message = WrappedMessage.Unwrap(envelope.Message);
        if (envelope.Message is INoSerializationVerificationNeeded || message is INoSerializationVerificationNeeded)
            return envelope;
        var serialization = _system.Serialization;
        object copy;
        try
        {
            var serializer = serialization.FindSerializerFor(message);
            if (serializer is Akka.Serialization.NewtonSoftJsonSerializer && message.GetType().Assembly == typeof(ActorCell).Assembly)
                return envelope; // Akka.NET's own messages, which its JSON serializer would copy
            copy = Akka.Serialization.Serialization.WithTransport(_system, () => serialization.Deserialize(
                serializer.ToBinary(message), serializer.Identifier,
                Akka.Serialization.Serialization.ManifestFor(serializer, message)));
        }
        catch (Exception e)
        {
            throw new SerializationException(
                $"Failed to serialize and deserialize payload object [{message.GetType()}]. Envelope: [{envelope}], Actor type: [{ActorType}]",
                e);
        }

        return ReferenceEquals(envelope.Message, message) ? new Envelope(copy, envelope.Sender) : envelope;
    }

    /// <summary>Handles one user message.</summary>
    public void Invoke(Envelope envelope)
    {
        var restartsTimeout = envelope.Message is not INotInfluenceReceiveTimeout;
        try
        {
            CurrentMessage = envelope.Message;
            CurrentEnvelopeId = CurrentEnvelopeId == int.MaxValue ? 1 : CurrentEnvelopeId + 1;
            Sender = envelope.Sender ?? _system.DeadLetters;
            if (restartsTimeout)
                CancelReceiveTimeout();
            if (envelope.Message is IAutoReceivedMessage)
                AutoReceiveMessage(envelope);
            else
                ReceiveMessage(envelope.Message);
            CurrentMessage = null;
        }
        catch (Exception cause)
        {
            HandleInvokeFailure(cause);
        }
        finally
        {
            CheckReceiveTimeout(restartsTimeout);
        }
    }

    protected internal virtual void AutoReceiveMessage(Envelope envelope)
    {
        if (_system.Settings.DebugAutoReceive)
            Debug("received AutoReceiveMessage " + envelope.Message);
        switch (envelope.Message)
        {
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case AddressTerminated terminated:
                AddressTerminated(terminated.Address);
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                Stop();
                break;
            case ActorSelectionMessage selection:
                new ActorSelection(_self, selection.Elements).Tell(selection.Message, Sender);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
        }
    }

    protected virtual void ReceiveMessage(object message)
    {
        var handled = _actor.AroundReceive(_behaviors.Peek(), message);
        if (_system.Settings.AddLoggingReceive && _actor is ILogReceive)
            Debug($"received {(handled ? "handled" : "unhandled")} message {message} from {Sender.Path}");
    }

    /// <summary>Handles a message on the calling thread, for test actors.</summary>
    public void ReceiveMessageForTest(Envelope envelope)
    {
        CurrentMessage = envelope.Message;
        Sender = envelope.Sender;
        try
        {
            ReceiveMessage(envelope.Message);
        }
        finally
        {
            CurrentMessage = null;
            Sender = _system.DeadLetters;
        }
    }

    internal void SystemInvoke(SystemMessage first)
    {
        var todo = new Queue<SystemMessage>(1);
        todo.Enqueue(first);
        while (todo.TryDequeue(out var message))
        {
            var patience = Patience();
            try
            {
                if (MustBePutOff(message, patience))
                    (_putOffSystemMessages ??= []).Add(message);
                else
                    Handle(message);
            }
            catch (Exception cause)
            {
                HandleInvokeFailure(cause);
            }

            if (IsTerminated)
            {
                foreach (var late in todo.Concat(TakePutOff()))
                    _system.DeadLetters.Tell(late, _self);
                return;
            }

            if (Patience() < patience)
                foreach (var again in TakePutOff())
                    todo.Enqueue(again);
        }
    }

    /// <summary>How much this actor puts off: 0 nothing, 1 (suspended) children's failures, 2 (waiting for children) more.</summary>
    private int Patience() => _children.IsWaiting ? 2 : Mailbox.IsSuspended() ? 1 : 0;

    private static bool MustBePutOff(SystemMessage message, int patience) => patience switch
    {
        2 => message is IStashWhenWaitingForChildren,
        1 => message is IStashWhenFailed,
        _ => false
    };

    private List<SystemMessage> TakePutOff()
    {
        var all = _putOffSystemMessages ?? [];
        _putOffSystemMessages = null;
        return all;
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case ActorTaskSchedulerMessage task:
                HandleTask(task);
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case DeathWatchNotification n:
                WatchedActorTerminated(n.Actor, n.ExistenceConfirmed, n.AddressTerminated);
                break;
            case Create create:
                Create(create.Failure);
                break;
            case Watch watch:
                AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Unwatch unwatch:
                RemWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Dispatch.SysMsg.Suspend:
                FaultSuspend();
                break;
            case Dispatch.SysMsg.Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Dispatch.SysMsg.Terminate:
                Terminate();
                break;
            case Supervise:
                break; // children are registered when they are made
            default:
                throw new NotSupportedException($"Unknown message {message.GetType().Name}");
        }
    }

    private void HandleTask(ActorTaskSchedulerMessage message)
    {
        CurrentMessage = message.Message;
        if (message.Exception is not null)
        {
            Dispatcher.Resume(this);
            HandleInvokeFailure(message.Exception);
            return;
        }

        message.ExecuteTask();
        CurrentMessage = null;
    }

    private void Create(ActorInitializationException failure)
    {
        if (failure is not null)
            throw failure;
        try
        {
            _actor = NewActor();
            UseThreadContext(_actor.AroundPreStart);
            CheckReceiveTimeout();
            if (_system.Settings.DebugLifecycle)
                Debug($"Started ({_actor})");
        }
        catch (Exception e)
        {
            if (_actor is not null)
                ClearActor(_actor);
            _actor = null;
            throw new ActorInitializationException(_self, "Exception during creation", e);
        }
    }

    private ActorBase NewActor()
    {
        _behaviors = new Stack<Receive>(1);
        _actorHasBeenCleared = false;
        ActorBase instance = null;
        UseThreadContext(() =>
        {
            instance = CreateNewActorInstance();
            instance.SupervisorStrategyInternal = _props.SupervisorStrategy;
        });
        return instance;
    }

    protected virtual ActorBase CreateNewActorInstance()
    {
        var actor = _props.NewActor()
            ?? throw new ActorInitializationException(_self, $"The factory of {_props.Type} returned no actor");
        if (actor is IActorStash { Stash: null } stashing)
            stashing.Stash = this.CreateStash(actor.GetType());
        (actor as IInitializableActor)?.Init();
        return actor;
    }

    public void UseThreadContext(Action action)
    {
        var previous = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = this;
        try
        {
            action();
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = previous;
        }
    }

    protected void ClearActor(ActorBase actor)
    {
        if (actor is not null)
        {
            try
            {
                (actor as IDisposable)?.Dispose();
            }
            catch (Exception e)
            {
                Publish(new Error(e, _self.Path.ToString(), ActorType, $"An error occurred while disposing {actor.GetType()} actor: {e.Message}"));
            }

            _props.Release(actor);
            actor.Clear(_system.DeadLetters);
        }

        _actorHasBeenCleared = true;
        CurrentMessage = null;
        _behaviors = new Stack<Receive>(1);
    }

    public void Become(Receive receive)
    {
        if (_behaviors.Count > 1) // the actor's own Receive stays at the bottom
            _behaviors.Pop();
        _behaviors.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1)
            _behaviors.Pop();
    }

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Handling(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Handling(receive));

    private static Receive Handling(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    public ActorSelection ActorSelection(string path) => ActorRefFactoryShared.ActorSelection(path, _system, _self);

    public ActorSelection ActorSelection(ActorPath path) => ActorRefFactoryShared.ActorSelection(path, _system);

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout = null) => _receiveTimeout = timeout;

    public void CheckReceiveTimeout(bool reschedule = true)
    {
        if (_receiveTimeout is not { } timeout)
            CancelReceiveTimeout();
        else if (reschedule || _pendingReceiveTimeout is null)
        {
            CancelReceiveTimeout();
            _pendingReceiveTimeout = _system.Scheduler.ScheduleTellOnceCancelable(
                timeout, _self, Akka.Actor.ReceiveTimeout.Instance, _self);
        }
    }

    private void CancelReceiveTimeout()
    {
        _pendingReceiveTimeout?.Cancel();
        _pendingReceiveTimeout = null;
    }

    public static IActorRef GetCurrentSelfOrNoSender() => Current?.Self ?? ActorRefs.NoSender;

    public static IActorRef GetCurrentSenderOrNoSender() => Current?.Sender ?? ActorRefs.NoSender;

    internal static (string Name, int Uid) GetNameAndUid(string name)
    {
        var i = name.IndexOf('#');
        return i < 0 ? (name, UndefinedUid) : (name[..i], int.Parse(name.AsSpan(i + 1)));
    }

    private static long NewUid() => ThreadLocalRandom.Current.Next(1, int.MaxValue);

    private void Debug(string message) => Publish(new Debug(_self.Path.ToString(), ActorType, message));

    private void Publish(LogEvent logEvent)
    {
        try
        {
            _system.EventStream.Publish(logEvent);
        }
        catch
        {
            // Nobody left to tell.
        }
    }
}
