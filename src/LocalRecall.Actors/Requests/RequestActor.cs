using Akka.Actor;
using Akka.Event;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Requests;

/// <summary>Serves one request and dies with it: it answers once, at the latest at the request's deadline.</summary>
public abstract class RequestActor<TRequest> : ReceiveActor, IWithTimers
    where TRequest : IRequest
{
    protected RequestActor(Authorized<TRequest> authorized)
    {
        Request = authorized.Request;
        Client = authorized.Client;
        Receive<DeadlinePassed>(_ => OnDeadline());
        Receive<RequestFailed>(OnFailed);
        Receive<Drain>(_ => OnDrain());
        Receive<HandBack>(_ => GiveBack());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected TRequest Request { get; }

    /// <summary>Who asked.</summary>
    protected ClientId Client { get; }

    protected Guid RequestId => Request.Header.RequestId;

    /// <summary>Before the client's deadline by as much as the answer needs to reach it.</summary>
    protected virtual TimeSpan Margin => TimeSpan.FromMilliseconds(20);

    protected override void PreStart()
    {
        TimeSpan left = Request.Header.Deadline - Context.System.Scheduler.Now - Margin;
        Timers.StartSingleTimer(nameof(DeadlinePassed), DeadlinePassed.Instance, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
        Start();
    }

    /// <summary>Sends the first messages.</summary>
    protected abstract void Start();

    protected virtual void OnDeadline() =>
        Finish(new Failure(RequestId, FailureCode.Expired, "The deadline passed before the work was done; allow more time or try again."));

    /// <summary>The host ends; there is a moment left to finish. What takes longer is given back.</summary>
    protected virtual void OnDrain()
    {
    }

    /// <summary>Unfinished: the client asks the next host.</summary>
    protected void GiveBack() => Finish(RequestFailed.HostStops(RequestId).ToReply(RequestId));

    /// <summary>A part of the host refused or failed.</summary>
    protected virtual void OnFailed(RequestFailed failed) => Finish(failed.ToReply(RequestId));

    /// <summary>Tells who waits something on the way to the answer.</summary>
    protected static void Progress(IReply progress) => Context.Parent.Tell(new RequestProgressed(progress));

    protected void Finish(IReply reply)
    {
        Context.Parent.Tell(new RequestDone(reply));
        Context.Stop(Self);
    }

    protected override void Unhandled(object message) => Context.GetLogger().Debug("{0} came too late or to the wrong place", message.GetType().Name);

    private sealed class DeadlinePassed : IInternalMessage
    {
        public static readonly DeadlinePassed Instance = new();
    }
}
