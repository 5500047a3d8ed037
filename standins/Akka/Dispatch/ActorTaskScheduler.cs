using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>
/// Runs an actor's async handler inside the actor: its continuations come as system messages, its mailbox is suspended
/// until it is done, and its exception goes to the supervisor.
/// </summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    internal ActorTaskScheduler(ActorCell cell) => _cell = cell;

    public object CurrentMessage { get; private set; }

    public override int MaximumConcurrencyLevel => 1;

    protected override IEnumerable<Task> GetScheduledTasks() => null;

    protected virtual void OnBeforeTaskStarted() { }

    protected virtual void OnAfterTaskCompleted() { }

    protected override void QueueTask(Task task)
    {
        if (ActorCell.Current == _cell && !task.CreationOptions.HasFlag(TaskCreationOptions.LongRunning))
            TryExecuteTask(task);
        else
            _cell.SendSystemMessage(new SysMsg.ActorTaskSchedulerMessage(this, task, CurrentMessage));
    }

    internal void ExecuteTask(Task task) => TryExecuteTask(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current
            ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        var dispatcher = cell.Dispatcher;
        var scheduler = cell.TaskScheduler;
        dispatcher.Suspend(cell);
        scheduler.CurrentMessage = cell.CurrentMessage;
        scheduler.OnBeforeTaskStarted();
        Task.Factory.StartNew(asyncAction, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap()
            .ContinueWith(
                done =>
                {
                    if (done.IsCompletedSuccessfully)
                    {
                        dispatcher.Resume(cell);
                        cell.CheckReceiveTimeout(cell.CurrentMessage is not INotInfluenceReceiveTimeout);
                    }
                    else
                    {
                        var failure = done.IsCanceled ? new TaskCanceledException()
                            : done.Exception.InnerExceptions is [var only] ? only : done.Exception;
                        cell.SendSystemMessage(new SysMsg.ActorTaskSchedulerMessage(failure, scheduler.CurrentMessage));
                    }

                    scheduler.CurrentMessage = null;
                    scheduler.OnAfterTaskCompleted();
                },
                scheduler);
    }
}
