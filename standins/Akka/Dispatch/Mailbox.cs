using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.MessageQueues;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// The two queues of an actor and the turn-taking on them. At most one thread runs a mailbox at a time; every waiting
/// system message is read before the next user message, and user messages wait while the mailbox is suspended.
/// </summary>
public class Mailbox(IMessageQueue messageQueue) : IRunnable, IThreadPoolWorkItem
{
    // _status: bit 0 closed, bit 1 scheduled, the rest counts suspensions.
    private const int Closed = 1;
    private const int Scheduled = 2;
    private const int SuspendUnit = 4;

    private static readonly NoMessage ClosedQueue = new();

    private volatile ActorCell _actor;
    private SystemMessage _systemQueue; // a stack: the newest first
    private int _status;

    public IMessageQueue MessageQueue { get; } = messageQueue;

    public MessageDispatcher Dispatcher => _actor.Dispatcher;

    internal ActorCell Actor => _actor;

    internal bool HasMessages => MessageQueue.HasMessages;

    internal int NumberOfMessages => MessageQueue.Count;

    internal virtual bool HasSystemMessages => Volatile.Read(ref _systemQueue) is not (null or NoMessage);

    public virtual void SetActor(ActorCell actorCell) => _actor = actorCell;

    internal int CurrentStatus() => Volatile.Read(ref _status);

    internal bool IsClosed() => CurrentStatus() == Closed;

    internal bool IsSuspended() => CurrentStatus() >= SuspendUnit;

    internal int SuspendCount() => CurrentStatus() / SuspendUnit;

    internal void Enqueue(IActorRef receiver, Envelope envelope) => MessageQueue.Enqueue(receiver, envelope);

    internal virtual void SystemEnqueue(IActorRef receiver, SystemMessage message)
    {
        var head = Volatile.Read(ref _systemQueue);
        while (true)
        {
            if (head is NoMessage)
            {
                message.Next = null;
                _actor?.Dispatcher.Mailboxes.DeadLetterMailbox.SystemEnqueue(receiver, message);
                return;
            }

            message.Next = head;
            var seen = Interlocked.CompareExchange(ref _systemQueue, message, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    /// <summary>Takes all system messages, oldest first, leaving the given mark.</summary>
    private SystemMessage SystemDrain(SystemMessage leave)
    {
        var head = Volatile.Read(ref _systemQueue);
        while (true)
        {
            if (head is NoMessage || (head is null && leave is null))
                return null;
            var seen = Interlocked.CompareExchange(ref _systemQueue, leave, head);
            if (ReferenceEquals(seen, head))
                break;
            head = seen;
        }

        SystemMessage oldestFirst = null;
        while (head is not null)
        {
            var next = head.Next;
            head.Next = oldestFirst;
            oldestFirst = head;
            head = next;
        }

        return oldestFirst;
    }

    private static SystemMessage Unlink(ref SystemMessage list)
    {
        var message = list;
        list = message.Next;
        message.Next = null;
        return message;
    }

    internal bool CanBeScheduledForExecution(bool hasMessageHint, bool hasSystemMessageHint) => CurrentStatus() switch
    {
        Closed => false,
        0 or Scheduled => hasMessageHint || hasSystemMessageHint || HasSystemMessages || HasMessages,
        _ => hasSystemMessageHint || HasSystemMessages
    };

    internal bool SetAsScheduled()
    {
        while (true)
        {
            var status = CurrentStatus();
            if ((status & (Closed | Scheduled)) != 0)
                return false;
            if (Interlocked.CompareExchange(ref _status, status | Scheduled, status) == status)
                return true;
        }
    }

    private void SetAsIdle() => Interlocked.And(ref _status, ~Scheduled);

    /// <summary>True if the mailbox was not suspended before.</summary>
    internal bool Suspend() => ChangeSuspension(+1, out var before) && before < SuspendUnit;

    /// <summary>True if the mailbox is not suspended any more.</summary>
    internal bool Resume() => ChangeSuspension(-1, out var before) && before < 2 * SuspendUnit;

    private bool ChangeSuspension(int by, out int before)
    {
        while (true)
        {
            before = CurrentStatus();
            if (before == Closed)
                return false;
            var after = by < 0 && before < SuspendUnit ? before : before + by * SuspendUnit;
            if (Interlocked.CompareExchange(ref _status, after, before) == before)
                return true;
        }
    }

    internal void BecomeClosed() => Interlocked.Exchange(ref _status, Closed);

    void IThreadPoolWorkItem.Execute() => Run();

    public void Run()
    {
        try
        {
            if (IsClosed())
                return;
            var previous = InternalCurrentActorCellKeeper.Current;
            InternalCurrentActorCellKeeper.Current = _actor;
            try
            {
                ProcessAllSystemMessages();
                ProcessMailbox();
            }
            finally
            {
                InternalCurrentActorCellKeeper.Current = previous;
            }
        }
        finally
        {
            SetAsIdle();
            Dispatcher.RegisterForExecution(this, false, false);
        }
    }

    private void ProcessMailbox()
    {
        var left = Math.Max(1, Dispatcher.Throughput);
        var budgetMs = Dispatcher.ThroughputDeadlineTime is { } ticks and > 0
            ? (long)TimeSpan.FromTicks(ticks).TotalMilliseconds
            : long.MaxValue;
        var startedMs = budgetMs == long.MaxValue ? 0 : Environment.TickCount64;
        while ((CurrentStatus() & ~Scheduled) == 0 && MessageQueue.TryDequeue(out var next))
        {
            _actor.Invoke(next);
            ProcessAllSystemMessages();
            if (--left == 0 || (budgetMs != long.MaxValue && Environment.TickCount64 - startedMs >= budgetMs))
                return;
        }
    }

    private void ProcessAllSystemMessages()
    {
        var list = SystemDrain(null);
        while (list is not null && !IsClosed())
        {
            _actor.SystemInvoke(Unlink(ref list));
            if (list is null && !IsClosed())
                list = SystemDrain(null);
        }

        SystemMessagesToDeadLetters(list); // closed half way: a watch among these must still be answered
    }

    private void SystemMessagesToDeadLetters(SystemMessage list)
    {
        while (list is not null)
            _actor.Dispatcher.Mailboxes.DeadLetterMailbox.SystemEnqueue(_actor.Self, Unlink(ref list));
    }

    /// <summary>Hands what is left to the dead letters.</summary>
    public virtual void CleanUp()
    {
        if (_actor is null)
            return;
        SystemMessagesToDeadLetters(SystemDrain(ClosedQueue));
        lock (MessageQueue)
            MessageQueue.CleanUp(_actor.Self, _actor.Dispatcher.Mailboxes.DeadLetterMailbox.MessageQueue);
    }
}
