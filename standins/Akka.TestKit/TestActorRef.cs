using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Util;

namespace Akka.TestKit;

/// <summary>
/// A reference to an actor that works on the calling thread (unless its props name a dispatcher) and whose insides a test may see.
/// </summary>
public abstract class TestActorRefBase<TActor> : IInternalActorRef
    where TActor : ActorBase
{
    private readonly LocalActorRef _ref;

    /// <summary>Starts the actor under <paramref name="supervisor"/>, or under /user.</summary>
    protected TestActorRefBase(ActorSystem system, Props actorProps, IActorRef supervisor = null, string name = null)
    {
        if (actorProps.Deploy.Dispatcher == Deploy.NoDispatcherGiven)
            actorProps = actorProps.WithDispatcher(CallingThreadDispatcher.Id);
        var parent = (supervisor as TestProbe)?.Ref ?? supervisor ?? ((ExtendedActorSystem)system).Guardian;
        var cell = (ActorCell)((ActorRefWithCell)parent).Underlying;
        _ref = (LocalActorRef)cell.AttachChild(actorProps, isSystemService: false, name);
    }

    public IActorRef Ref => _ref;
    public ActorPath Path => _ref.Path;
    public TActor UnderlyingActor => (TActor)_ref.Cell.Actor ?? throw new IllegalActorStateException("The actor has ended");

    /// <summary>Handles a message now, past the mailbox and the supervisor: what the actor throws comes out here.</summary>
    public void Receive(object message, IActorRef sender = null)
    {
        var cell = _ref.Cell;
        cell.UseThreadContext(() => cell.ReceiveMessageForTest(new Envelope(message, sender ?? cell.System.DeadLetters)));
    }

    public void Tell(object message) => ActorRefImplicitSenderExtensions.Tell(_ref, message);
    public void Tell(object message, IActorRef sender) => _ref.Tell(message, sender);
    public void Forward(object message) => ActorRefImplicitSenderExtensions.Forward(_ref, message);
    public void Watch(IActorRef subject) => _ref.Cell.Watch(subject);
    public void Unwatch(IActorRef subject) => _ref.Cell.Unwatch(subject);

    public static IActorRef ToActorRef(TestActorRefBase<TActor> actorRef) => actorRef._ref;

    public override string ToString() => $"TestActor[{Path}]";
    public override int GetHashCode() => _ref.GetHashCode();
    public override bool Equals(object obj) => _ref.Equals(obj);
    public bool Equals(IActorRef other) => _ref.Equals(other);
    public int CompareTo(object obj) => ((IComparable)_ref).CompareTo(obj);
    int IComparable<IActorRef>.CompareTo(IActorRef other) => _ref.CompareTo(other);
    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => _ref.ToSurrogate(system);

    bool IActorRefScope.IsLocal => _ref.IsLocal;
    IInternalActorRef IInternalActorRef.Parent => _ref.Parent;
    IActorRefProvider IInternalActorRef.Provider => _ref.Provider;
    bool IInternalActorRef.IsTerminated => _ref.IsTerminated;
    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => _ref.GetChild(name);
    void IInternalActorRef.Start() => _ref.Start();
    void IInternalActorRef.Stop() => _ref.Stop();
    void IInternalActorRef.Suspend() => _ref.Suspend();
    void IInternalActorRef.Resume(Exception causedByFailure) => _ref.Resume(causedByFailure);
    void IInternalActorRef.Restart(Exception cause) => _ref.Restart(cause);
    public void SendSystemMessage(ISystemMessage message) => _ref.SendSystemMessage(message);
}

/// <inheritdoc/>
public class TestActorRef<TActor>(ActorSystem system, Props actorProps, IActorRef supervisor = null, string name = null)
    : TestActorRefBase<TActor>(system, actorProps, supervisor, name)
    where TActor : ActorBase;
