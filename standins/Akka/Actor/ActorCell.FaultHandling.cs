using System.Runtime.ExceptionServices;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

public partial class ActorCell
{
    private static readonly Props TerminatedProps = new TerminatedProps();

    // Who failed: this actor, or the child whose failure it escalated. Null while all is well.
    private IActorRef _perpetrator;

    private bool IsFailed => _perpetrator is not null;

    private void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef> childrenNotToSuspend = null)
    {
        if (IsFailed)
            return;
        try
        {
            Dispatcher.Suspend(this);
            if (CurrentMessage is Failed)
            {
                _perpetrator = Sender;
                childrenNotToSuspend = [.. childrenNotToSuspend ?? [], Sender];
            }
            else
                _perpetrator = _self;

            SuspendChildren(childrenNotToSuspend);
            Parent.SendSystemMessage(new Failed(_self, cause, _self.Path.Uid));
        }
        catch (Exception e)
        {
            Publish(new Error(
                e, _self.Path.ToString(), ActorType, "Emergency stop: exception in failure handling for " + cause));
            StopAllChildren();
            FinishTerminate();
        }
    }

    private void FaultSuspend()
    {
        Dispatcher.Suspend(this);
        SuspendChildren();
    }

    private void FaultResume(Exception causedByFailure)
    {
        if (_actor is null)
        {
            Publish(new Error(null, _self.Path.ToString(), GetType(), "Changing Resume into Create after " + causedByFailure));
            FaultCreate();
            return;
        }

        var perpetrator = _perpetrator;
        Dispatcher.Resume(this);
        if (causedByFailure is not null)
            _perpetrator = null;
        ResumeChildren(causedByFailure, perpetrator);
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is null)
        {
            Publish(new Error(null, _self.Path.ToString(), GetType(), "Changing Recreate into Create after " + cause));
            FaultCreate();
            return;
        }

        if (!_children.IsNormal)
        {
            FaultResume(null); // already stopping: only undo the suspension
            return;
        }

        var failedActor = _actor;
        if (_system.Settings.DebugLifecycle)
            Debug("Restarting");
        var message = CurrentMessage;
        try
        {
            failedActor.AroundPreRestart(cause, message);
            UnstashAll(failedActor);
        }
        catch (Exception e)
        {
            var failure = new PreRestartException(_self, e, cause, message);
            Publish(new Error(failure, _self.Path.ToString(), failedActor.GetType(), e.Message));
        }
        finally
        {
            ClearActor(failedActor);
        }

        if (!MustWaitForChildren(new SuspendReason.Recreation(cause)))
            FinishRecreate(cause, failedActor);
    }

    private void FinishRecreate(Exception cause, ActorBase failedActor)
    {
        var survivors = GetChildren().ToList();
        try
        {
            Dispatcher.Resume(this);
            _perpetrator = null; // or a failure of the new actor would not be reported
            var fresh = NewActor();
            _actor = fresh;
            if (ReferenceEquals(fresh, failedActor))
                fresh.Unclear();
            UseThreadContext(() => fresh.AroundPostRestart(cause, null));
            if (_system.Settings.DebugLifecycle)
                Debug($"Restarted ({fresh})");
            foreach (var child in survivors)
                child.Restart(cause);
        }
        catch (Exception e)
        {
            ClearActor(_actor); // its PreRestart must not run
            HandleInvokeFailure(new PostRestartException(_self, e, cause), survivors);
        }
    }

    private void FaultCreate()
    {
        SetReceiveTimeout(null);
        CancelReceiveTimeout();
        StopAllChildren();
        if (!MustWaitForChildren(new SuspendReason.Creation()))
            FinishCreate();
    }

    private void FinishCreate()
    {
        Dispatcher.Resume(this);
        _perpetrator = null;
        try
        {
            Create(null);
        }
        catch (Exception e)
        {
            HandleInvokeFailure(e);
        }
    }

    private void StopAllChildren()
    {
        foreach (var child in GetChildren().ToList())
            Stop(child);
    }

    private void Terminate()
    {
        SetReceiveTimeout(null);
        CancelReceiveTimeout();
        UnwatchWatchedActors();
        var (before, after) = UpdateChildren(set => set.AllShallDie());
        foreach (var stats in after.ByName.Values)
        {
            stats.Child.Stop();
            if (_system.Aborting && !stats.Child.IsLocal) // a remote child may never answer
                _self.SendSystemMessage(new DeathWatchNotification(stats.Child, true, false));
        }

        if (after.Dying.IsEmpty)
        {
            FinishTerminate();
            return;
        }

        if (before.IsTerminating)
            return;
        Dispatcher.Suspend(this);
        _perpetrator = _self; // a failure while stopping is not reported any more
        if (_system.Settings.DebugLifecycle)
            Debug("Stopping");
    }

    private void FinishTerminate()
    {
        var actor = _actor;
        try
        {
            if (actor is not null)
            {
                actor.AroundPostStop();
                UnstashAll(actor);
            }
        }
        catch (Exception e)
        {
            Publish(new Error(e, _self.Path.ToString(), ActorType, e.Message));
        }

        // Each of these must happen even if another fails.
        Attempt(() => Dispatcher.Detach(this));
        Attempt(() => Parent.SendSystemMessage(new DeathWatchNotification(_self, true, false)));
        Attempt(TellWatchersWeDied);
        Attempt(UnwatchWatchedActors);
        if (_system.Settings.DebugLifecycle)
            Debug("Stopped");
        ClearActor(actor);
        _props = TerminatedProps;
        _actor = null;
    }

    private void Attempt(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            Publish(new Error(e, _self.Path.ToString(), ActorType, e.Message));
        }
    }

    /// <summary>What was stashed goes back to the head of the mailbox: to the new actor, or to the dead letters.</summary>
    private static void UnstashAll(ActorBase actor) => (actor as IActorStash)?.Stash?.UnstashAll();

    private void HandleFailed(Failed failed)
    {
        CurrentMessage = failed;
        Sender = failed.Child.IsNobody() ? _system.DeadLetters : failed.Child;
        if (_children.Find(failed.Child) is not { } stats)
        {
            Debug($"Dropping Failed({failed.Cause}) from unknown child {failed.Child}");
            return;
        }

        if (stats.Uid != failed.Uid)
        {
            Debug($"Dropping Failed({failed.Cause}) from old child {failed.Child} (uid={stats.Uid} != {failed.Uid})");
            return;
        }

        if (!_actor.SupervisorStrategyInternal.HandleFailure(
                this, failed.Child, failed.Cause, stats, _children.ByName.Values.ToList()))
            ExceptionDispatchInfo.Throw(failed.Cause);
        CurrentMessage = null;
    }

    private void HandleChildTerminated(IActorRef child)
    {
        var (before, after) = UpdateChildren(set => set.Remove(child));
        if (_actor is not null)
        {
            try
            {
                _actor.SupervisorStrategyInternal.HandleChildTerminated(this, child, GetChildren());
            }
            catch (Exception e)
            {
                Publish(new Error(e, _self.Path.ToString(), ActorType, "HandleChildTerminated failed"));
                HandleInvokeFailure(e);
            }
        }

        if (before.Dying.IsEmpty || !after.Dying.IsEmpty)
            return;
        switch (before.Reason)
        {
            case SuspendReason.Recreation recreation:
                FinishRecreate(recreation.Cause, _actor);
                break;
            case SuspendReason.Creation:
                FinishCreate();
                break;
            case SuspendReason.Termination:
                FinishTerminate();
                break;
        }
    }
}
