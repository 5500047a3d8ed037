using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Requests;

/// <summary>Gives each request a child of its own, at most so many at once, and answers for a child that fails.</summary>
public abstract class RequestCoordinator : ReceiveActor
{
    private readonly Dictionary<IActorRef, OpenRequest> _open = [];
    private readonly int _maxOpen;
    private readonly HostMetrics _metrics;
    private IActorRef _drainer = ActorRefs.Nobody;

    protected RequestCoordinator(int maxOpen, HostMetrics metrics)
    {
        _maxOpen = maxOpen;
        _metrics = metrics;
        Receive<RequestDone>(done =>
        {
            Close(Sender, done.Failure);
            ReportIfDrained();
        });
        Receive<Drain>(drain =>
        {
            _drainer = Sender;
            TellAll(drain);
            ReportIfDrained();
        });
        Receive<HandBack>(TellAll);
        Receive<Terminated>(OnChildStopped);
    }

    /// <summary>The host ends; nothing new is begun.</summary>
    protected bool IsDraining => !_drainer.IsNobody();

    /// <summary>The same input would fail again: a child that throws is stopped, and its client told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Requests of this type are served by a child made from these props.</summary>
    protected void Serve<TRequest>(Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest =>
        Receive<Authorized<TRequest>>(authorized => Spawn(authorized, props));

    /// <summary>Whether this child has a request that is not answered yet.</summary>
    protected bool IsOpen(IActorRef child) => _open.ContainsKey(child);

    /// <summary>True if the child that stopped had a request open; its client has been told.</summary>
    protected bool AnswerFor(IActorRef child)
    {
        if (Close(child, FailureCode.Internal) is not { } open)
        {
            return false;
        }

        open.Client.Tell(new Failure(open.Request.Header.RequestId, FailureCode.Internal, "The host failed at this request; its log says why."), ActorRefs.NoSender);
        ReportIfDrained();
        return true;
    }

    protected virtual void OnChildStopped(Terminated terminated) => AnswerFor(terminated.ActorRef);

    private void Spawn<TRequest>(Authorized<TRequest> authorized, Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest
    {
        if (IsDraining)
        {
            _metrics.Served(authorized.Request, FailureCode.Stopping, TimeSpan.Zero);
            Guid id = authorized.Request.Header.RequestId;
            authorized.ReplyTo.Tell(RequestFailed.HostStops(id).ToReply(id), ActorRefs.NoSender);
            return;
        }

        if (_open.Count >= _maxOpen)
        {
            _metrics.Served(authorized.Request, FailureCode.Busy, TimeSpan.Zero);
            authorized.ReplyTo.Tell(new Failure(authorized.Request.Header.RequestId, FailureCode.Busy, "Too many requests at once; try again.", 100), ActorRefs.NoSender);
            return;
        }

        IActorRef child = Context.ActorOf(props(authorized));
        Context.Watch(child);
        _open.Add(child, new OpenRequest(authorized.Request, authorized.ReplyTo, Context.System.Scheduler.Now));
    }

    private void TellAll(object message)
    {
        foreach (IActorRef child in _open.Keys)
        {
            child.Tell(message);
        }
    }

    private void ReportIfDrained()
    {
        if (_open.Count == 0)
        {
            _drainer.Tell(Drained.Instance);
        }
    }

    private OpenRequest? Close(IActorRef child, FailureCode? failure)
    {
        if (_open.Remove(child, out OpenRequest? open))
        {
            _metrics.Served(open.Request, failure, Context.System.Scheduler.Now - open.Since);
        }

        return open;
    }

    private sealed record OpenRequest(IRequest Request, IActorRef Client, DateTimeOffset Since);
}
