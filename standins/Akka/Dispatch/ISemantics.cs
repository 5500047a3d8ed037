using Akka.Actor;

namespace Akka.Dispatch;

public interface ISemantics;

public interface IUnboundedMessageQueueSemantics : ISemantics;

public interface IDequeBasedMessageQueueSemantics : ISemantics
{
    void EnqueueFirst(Envelope envelope);
}

public interface IUnboundedDequeBasedMessageQueueSemantics : IDequeBasedMessageQueueSemantics, IUnboundedMessageQueueSemantics;

/// <summary>An actor that needs a mailbox with these semantics; which one, <c>akka.actor.mailbox.requirements</c> says.</summary>
public interface IRequiresMessageQueue<T> where T : ISemantics;

public interface IRunnable
{
    void Run();
}

public sealed class ActionRunnable(Action action) : IRunnable
{
    public void Run() => action();
}
