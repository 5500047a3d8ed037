using Akka.Actor;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Requests;

/// <summary>Gives each request a child of its own, at most so many at once, and answers for a child that fails.</summary>
public abstract class RequestCoordinator : ReceiveActor
{
    private readonly Dictionary<IActorRef, (Guid RequestId, IActorRef Client)> _open = [];
    private readonly int _maxOpen;

    protected RequestCoordinator(int maxOpen)
    {
        _maxOpen = maxOpen;
        Receive<RequestDone>(_ => _open.Remove(Sender));
        Receive<Terminated>(OnChildStopped);
    }

    /// <summary>The same input would fail again: a child that throws is stopped, and its client told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Requests of this type are served by a child made from these props.</summary>
    protected void Serve<TRequest>(Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest =>
        Receive<Authorized<TRequest>>(authorized => Spawn(authorized, props));

    /// <summary>True if the child that stopped had a request open; its client has been told.</summary>
    protected bool AnswerFor(IActorRef child)
    {
        if (!_open.Remove(child, out (Guid RequestId, IActorRef Client) request))
        {
            return false;
        }

        request.Client.Tell(new Failure(request.RequestId, FailureCode.Internal, "The host failed at this request; its log says why."), ActorRefs.NoSender);
        return true;
    }

    protected virtual void OnChildStopped(Terminated terminated) => AnswerFor(terminated.ActorRef);

    private void Spawn<TRequest>(Authorized<TRequest> authorized, Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest
    {
        Guid id = authorized.Request.Header.RequestId;
        if (_open.Count >= _maxOpen)
        {
            authorized.ReplyTo.Tell(new Failure(id, FailureCode.Busy, "Too many requests at once; try again.", 100), ActorRefs.NoSender);
            return;
        }

        IActorRef child = Context.ActorOf(props(authorized));
        Context.Watch(child);
        _open.Add(child, (id, authorized.ReplyTo));
    }
}
