using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.TestKit.Internal;

/// <summary>Runs continuations on the thread pool with one actor cell current, so that a test keeps its implicit sender.</summary>
internal sealed class CellKeepingSynchronizationContext(ActorCell cell) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object state) => ThreadPool.QueueUserWorkItem(_ =>
    {
        var oldCell = InternalCurrentActorCellKeeper.Current;
        var oldContext = Current;
        SetSynchronizationContext(this);
        InternalCurrentActorCellKeeper.Current = cell;
        try
        {
            d(state);
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = oldCell;
            SetSynchronizationContext(oldContext);
        }
    });

    public override void Send(SendOrPostCallback d, object state)
    {
        var done = new TaskCompletionSource();
        Post(s =>
        {
            try
            {
                d(s);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, state);
        done.Task.Wait();
    }
}
