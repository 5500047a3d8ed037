using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends a stop message and awaits the actor's end; false if it did not come in time.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        if (target is not IInternalActorRef actor)
            throw new InvalidOperationException(
                $"{target} is not an {typeof(IInternalActorRef)} and cannot be death-watched");
        var watcher = new TerminationWatcher(actor.Provider);
        actor.Provider.RegisterTempActor(watcher, watcher.Path);
        try
        {
            actor.SendSystemMessage(new Watch(actor, watcher));
            target.Tell(stopMessage, ActorRefs.NoSender);
            await watcher.Terminated.WaitAsync(timeout > TimeSpan.Zero ? timeout : Timeout.InfiniteTimeSpan)
                .ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            actor.SendSystemMessage(new Unwatch(actor, watcher));
            actor.Provider.UnregisterTempActor(watcher.Path);
        }
    }

    internal sealed class TerminationWatcher(IActorRefProvider provider) : MinimalActorRef
    {
        private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Terminated => _terminated.Task;

        public override ActorPath Path { get; } = provider.TempPath();

        public override IActorRefProvider Provider { get; } = provider;

        public override void SendSystemMessage(ISystemMessage message)
        {
            if (message is DeathWatchNotification)
                _terminated.TrySetResult();
        }
    }
}
