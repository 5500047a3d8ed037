using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor
{
    /// <summary>Messages put aside, to go back to the head of the mailbox in their order.</summary>
    public interface IStash
    {
        int Count { get; }

        /// <summary>Most messages it takes; negative for no limit.</summary>
        int Capacity { get; }

        bool IsEmpty { get; }

        bool NonEmpty { get; }

        bool IsFull { get; }

        /// <summary>Puts the current message aside.</summary>
        void Stash();

        /// <summary>Gives the oldest back.</summary>
        void Unstash();

        void UnstashAll();

        /// <summary>Gives back those that match; the others are dropped.</summary>
        void UnstashAll(Func<Envelope, bool> predicate);

        IEnumerable<Envelope> ClearStash();

        void Prepend(IEnumerable<Envelope> envelopes);
    }

    public interface IActorStash
    {
        IStash Stash { get; set; }
    }

    public interface IWithUnrestrictedStash : IActorStash;

    public interface IWithStash : IWithUnrestrictedStash, IRequiresMessageQueue<IDequeBasedMessageQueueSemantics>;

    public interface IWithUnboundedStash : IWithUnrestrictedStash,
        IRequiresMessageQueue<IUnboundedDequeBasedMessageQueueSemantics>;

    public static class StashFactory
    {
        public static IStash CreateStash<T>(this IActorContext context) where T : ActorBase =>
            context.CreateStash(typeof(T));

        public static IStash CreateStash(this IActorContext context, IActorStash actorInstance) =>
            context.CreateStash(actorInstance.GetType());

        public static IStash CreateStash(this IActorContext context, Type actorType) =>
            new StashImpl((ActorCell)context, isUnbounded: typeof(IWithUnboundedStash).IsAssignableFrom(actorType));
    }
}

namespace Akka.Actor.Internal
{
    internal sealed class StashImpl : IStash
    {
        private readonly ActorCell _cell;
        private readonly IDequeBasedMessageQueueSemantics _mailbox;
        private LinkedList<Envelope> _stash = new();
        private int _lastEnvelopeId;

        public StashImpl(ActorCell cell, bool isUnbounded)
        {
            _cell = cell;
            _mailbox = cell.Mailbox.MessageQueue as IDequeBasedMessageQueueSemantics
                ?? throw new ActorInitializationException(
                    cell.Self, $"DequeBasedMailbox required, got: {cell.Mailbox.MessageQueue.GetType().Name}");
            Capacity = isUnbounded ? -1
                : cell.Props.Deploy.StashCapacity != Deploy.NoStashSize ? cell.Props.Deploy.StashCapacity
                : cell.System.Mailboxes.StashCapacity(cell.Props.Mailbox);
        }

        public int Count => _stash.Count;

        public int Capacity { get; }

        public bool IsEmpty => Count == 0;

        public bool NonEmpty => Count > 0;

        public bool IsFull => Capacity >= 0 && Count >= Capacity;

        public void Stash()
        {
            if (_cell.CurrentEnvelopeId == _lastEnvelopeId)
                throw new IllegalActorStateException($"Can't stash the same message {_cell.CurrentMessage} more than once");
            if (Capacity > 0 && Count >= Capacity)
                throw new StashOverflowException(
                    $"Couldn't enqueue message {_cell.CurrentMessage} from {_cell.Sender} to stash of {_cell.Self}");
            _lastEnvelopeId = _cell.CurrentEnvelopeId;
            _stash.AddLast(new Envelope(_cell.CurrentMessage, _cell.Sender));
        }

        public void Unstash()
        {
            if (_stash.First is not { } oldest)
                return;
            _stash.RemoveFirst();
            GiveBack(oldest.Value);
        }

        public void UnstashAll() => UnstashAll(_ => true);

        public void UnstashAll(Func<Envelope, bool> predicate)
        {
            foreach (var envelope in ClearStash().Reverse().Where(predicate))
                GiveBack(envelope);
        }

        public IEnumerable<Envelope> ClearStash()
        {
            var all = _stash;
            _stash = new LinkedList<Envelope>();
            return all;
        }

        public void Prepend(IEnumerable<Envelope> envelopes)
        {
            foreach (var envelope in envelopes.Distinct().Reverse())
                _stash.AddFirst(envelope);
        }

        private void GiveBack(Envelope envelope)
        {
            _mailbox.EnqueueFirst(envelope);
            if (envelope.Message is Terminated terminated)
                _cell.TerminatedQueuedFor(terminated.ActorRef, null);
        }
    }
}
