using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors.Requests;

/// <summary>
/// Gives each request a child of its own, at most so many at once, passes on what the child says, and answers for one that fails. A request
/// that nobody waits for any more is stopped, unless it writes.
/// </summary>
public abstract class RequestCoordinator : ReceiveActor
{
    private const int RepliesKept = 1024;
    private const int RetryAfterMs = 100;

    private readonly OpenRequests<IActorRef, IActorRef> _open;
    private readonly RecentReplies<IReply> _written = new(RepliesKept);
    private readonly Dictionary<IActorRef, (IRequest Request, DateTimeOffset Since)> _begun = [];
    private readonly HostMetrics _metrics;
    private IActorRef _drainer = ActorRefs.Nobody;

    protected RequestCoordinator(RequestLimits limits, HostMetrics metrics)
    {
        _metrics = metrics;
        _open = new OpenRequests<IActorRef, IActorRef>(limits);
        Receive<RequestDone>(done => Answer(Sender, done.Reply));
        Receive<RequestProgressed>(progressed => Tell(_open.AskersOf(Sender), progressed.Progress));
        Receive<CancelRequest>(cancel => StopAll(_open.Leave(cancel.Client, cancel.RequestId)));
        Receive<ClientGone>(gone =>
        {
            StopAll(_open.Leave(gone.Client));
            OnClientGone(gone.Client);
        });
        Receive<Drain>(drain =>
        {
            _drainer = Sender;
            OnDrain();
            TellAll(drain);
            ReportIfDrained();
        });
        Receive<HandBack>(TellAll);
        Receive<GetOpenWork>(_ => Sender.Tell(new WorkOpen(OpenWork)));
        Receive<Terminated>(OnChildStopped);
    }

    /// <summary>Requests that are not answered yet, and whatever else the host must not end in the middle of for being idle.</summary>
    protected virtual int OpenWork => _open.Workers.Count;

    /// <summary>The host ends; nothing new is begun.</summary>
    protected bool IsDraining => !_drainer.IsNobody();

    internal static RequestKey KeyOf(IRequest request) => new(request.Header.RequestId, MessageCodec.HashOf(request));

    /// <summary>The same input would fail again: a child that throws is stopped, and its client told.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Requests of this type are served by a child made from these props.</summary>
    protected void Serve<TRequest>(Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest =>
        Receive<Authorized<TRequest>>(authorized => Start(authorized, props, isWrite: false));

    /// <summary>As <see cref="Serve"/>, for what must not be done by half or twice: it is worked on to its end, and its reply kept for who asks again.</summary>
    protected void ServeWrite<TRequest>(Func<Authorized<TRequest>, Props> props)
        where TRequest : IRequest =>
        Receive<Authorized<TRequest>>(authorized => Start(authorized, props, isWrite: true));

    /// <summary>Whether this child has a request that is not answered yet.</summary>
    protected bool IsOpen(IActorRef child) => _open.Workers.Contains(child);

    /// <summary>This child's request is answered, or nobody waits for it any more.</summary>
    protected virtual void OnClosed(IActorRef child)
    {
    }

    /// <summary>This client's connection has closed; its requests have been seen to.</summary>
    protected virtual void OnClientGone(ClientId client)
    {
    }

    /// <summary>The host ends: what no client waits for is left to the next one.</summary>
    protected virtual void OnDrain()
    {
    }

    protected virtual void OnChildStopped(Terminated terminated)
    {
        if (_open.Close(terminated.ActorRef) is { } failed)
        {
            Measure(terminated.ActorRef, FailureCode.Internal);
            Tell(failed.Askers, new Failure(failed.Key.RequestId, FailureCode.Internal, "The host failed at this request; its log says why."));
            AfterClose(terminated.ActorRef);
        }
    }

    private static void Tell(IEnumerable<IActorRef> askers, IReply reply)
    {
        foreach (IActorRef asker in askers)
        {
            asker.Tell(reply, ActorRefs.NoSender);
        }
    }

    private void StopAll(IEnumerable<IActorRef> children)
    {
        foreach (IActorRef child in children)
        {
            if (_begun.Remove(child, out (IRequest Request, DateTimeOffset Since) begun))
            {
                _metrics.Cancelled(begun.Request, Context.System.Scheduler.Now - begun.Since);
            }

            Context.Stop(child);
            AfterClose(child);
        }
    }

    private void AfterClose(IActorRef child)
    {
        OnClosed(child);
        ReportIfDrained();
    }

    private void TellAll(object message)
    {
        foreach (IActorRef child in _open.Workers)
        {
            child.Tell(message);
        }
    }

    private void ReportIfDrained()
    {
        if (_open.Workers.Count == 0)
        {
            _drainer.Tell(Drained.Instance);
        }
    }

    private void Start<TRequest>(Authorized<TRequest> authorized, Func<Authorized<TRequest>, Props> props, bool isWrite)
        where TRequest : IRequest
    {
        RequestKey key = KeyOf(authorized.Request);
        if (_written.TryGet(key, out IReply? reply))
        {
            authorized.ReplyTo.Tell(reply, ActorRefs.NoSender);
        }
        else if (_open.TryJoin(key, authorized.Client, authorized.ReplyTo))
        {
            return;
        }
        else if (IsDraining)
        {
            _metrics.Served(authorized.Request, FailureCode.Stopping, TimeSpan.Zero);
            authorized.ReplyTo.Tell(RequestFailed.HostStops(key.RequestId).ToReply(key.RequestId), ActorRefs.NoSender);
        }
        else if (_open.Refusal(authorized.Client) is { } refusal)
        {
            _metrics.Served(authorized.Request, FailureCode.Busy, TimeSpan.Zero);
            authorized.ReplyTo.Tell(new Failure(key.RequestId, FailureCode.Busy, refusal, RetryAfterMs), ActorRefs.NoSender);
        }
        else
        {
            IActorRef child = Context.Watch(Context.ActorOf(props(authorized)));
            _begun.Add(child, (authorized.Request, Context.System.Scheduler.Now));
            _open.Add(child, key, authorized.Client, authorized.ReplyTo, isWrite);
        }
    }

    private void Answer(IActorRef child, IReply reply)
    {
        if (_open.Close(child) is not { } closed)
        {
            return; // nobody waited any more
        }

        Measure(child, (reply as Failure)?.Code);
        Tell(closed.Askers, reply);
        if (closed.IsWrite && reply is not Failure)
        {
            _written.Keep(closed.Key, reply);
        }

        AfterClose(child);
    }

    private void Measure(IActorRef child, FailureCode? failure)
    {
        _begun.Remove(child, out (IRequest Request, DateTimeOffset Since) begun);
        _metrics.Served(begun.Request, failure, Context.System.Scheduler.Now - begun.Since);
    }
}
