using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(
        this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(
        this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>
    /// Sends a message and awaits the first reply. No timeout means <c>akka.actor.ask-timeout</c>. Fails with
    /// <see cref="AskTimeoutException"/>, with the cause of a <see cref="Status.Failure"/>, with
    /// <see cref="ArgumentException"/> for a reply of another type, or is cancelled.
    /// </summary>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        var provider = ResolveProvider(self)
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var limit = timeout ?? provider.Settings.AskTimeout;

        CancellationTokenSource timer = null;
        CancellationTokenRegistration onTimeout = default;
        if (limit != Timeout.InfiniteTimeSpan && limit > TimeSpan.Zero)
        {
            timer = new CancellationTokenSource(limit);
            onTimeout = timer.Token.Register(() => result.TrySetException(
                new AskTimeoutException($"Timeout after {limit.TotalSeconds:F2} seconds")));
        }

        var onCancelled = cancellationToken.Register(() => result.TrySetCanceled());
        var future = provider.CreateFutureRef(result);
        provider.RegisterTempActor(future, future.Path);
        result.Task.ContinueWith(
            _ =>
            {
                provider.UnregisterTempActor(future.Path);
                onTimeout.Dispose();
                onCancelled.Dispose();
                timer?.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        future.DeliverAsk(messageFactory(future), self);
        return result.Task;
    }

    internal static IActorRefProvider ResolveProvider(ICanTell self) => self switch
    {
        ActorSelection selection => ResolveProvider(selection.Anchor),
        IInternalActorRef actor => actor.Provider,
        _ => ActorCell.Current?.SystemImpl.Provider
    };
}

/// <summary>Stands for whoever asked, until the first reply.</summary>
public class FutureActorRef<T>(TaskCompletionSource<T> result, ActorPath path, IActorRefProvider provider)
    : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override IInternalActorRef Parent => Provider.TempContainer;

    public virtual void DeliverAsk(object message, ICanTell destination) => destination.Tell(message, this);

    protected override void TellInternal(object message, IActorRef sender)
    {
        var taken = message switch
        {
            ISystemMessage => result.TrySetException(new InvalidOperationException(
                $"system message of type '{message.GetType().Name}' is invalid for {nameof(FutureActorRef<T>)}")),
            T reply => result.TrySetResult(reply),
            Status.Failure failure => result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")) && false
        };
        if (!taken && !result.Task.IsCanceled)
            Provider.DeadLetters.Tell(message, this);
    }
}
