namespace Akka.Actor
{
    /// <summary>An actor with timers of its own, set before its constructor runs.</summary>
    public interface IWithTimers
    {
        ITimerScheduler Timers { get; set; }
    }

    /// <summary>
    /// Messages to oneself, each under a key. Starting a key again replaces its timer; a message of a timer that was
    /// replaced or cancelled, or of the actor before a restart, never arrives even if it was in the mailbox.
    /// </summary>
    public interface ITimerScheduler
    {
        IReadOnlyCollection<object> ActiveTimers { get; }

        void StartPeriodicTimer(object key, object msg, TimeSpan interval);

        void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

        void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

        void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

        void StartSingleTimer(object key, object msg, TimeSpan timeout);

        void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

        bool IsTimerActive(object key);

        void Cancel(object key);

        void CancelAll();
    }
}

namespace Akka.Actor.Scheduler
{
    internal sealed class TimerScheduler(IActorContext context) : ITimerScheduler
    {
        private readonly Dictionary<object, Timer> _timers = [];
        private readonly ActorSystem _system = context.System;
        private readonly IActorRef _self = context.Self;
        private int _generation;

        public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

        public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
            Start(key, msg, interval, interval, ActorRefs.NoSender);

        public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
            Start(key, msg, interval, interval, sender);

        public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
            Start(key, msg, initialDelay, interval, ActorRefs.NoSender);

        public void StartPeriodicTimer(
            object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
            Start(key, msg, initialDelay, interval, sender);

        public void StartSingleTimer(object key, object msg, TimeSpan timeout) =>
            Start(key, msg, timeout, null, ActorRefs.NoSender);

        public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) =>
            Start(key, msg, timeout, null, sender);

        private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
        {
            Cancel(key);
            var generation = ++_generation;
            TimerMessage timerMessage = message is INotInfluenceReceiveTimeout
                ? new QuietTimerMessage(this, key, generation, message)
                : new TimerMessage(this, key, generation, message);
            var scheduled = interval is { } every
                ? _system.Scheduler.ScheduleTellRepeatedlyCancelable(delay, every, _self, timerMessage, sender)
                : _system.Scheduler.ScheduleTellOnceCancelable(delay, _self, timerMessage, sender);
            _timers[key] = new Timer(generation, message, interval is not null, scheduled);
        }

        public bool IsTimerActive(object key) => _timers.ContainsKey(key);

        public void Cancel(object key)
        {
            if (_timers.Remove(key, out var timer))
                timer.Scheduled.Cancel();
        }

        public void CancelAll()
        {
            foreach (var timer in _timers.Values)
                timer.Scheduled.Cancel();
            _timers.Clear();
        }

        /// <summary>The message to handle, or null if its timer is not this one any more.</summary>
        public object Accept(TimerMessage message)
        {
            if (!ReferenceEquals(message.Owner, this) || !_timers.TryGetValue(message.Key, out var timer)
                || timer.Generation != message.Generation)
                return null;
            if (!timer.Repeats)
                _timers.Remove(message.Key);
            return timer.Message;
        }

        private sealed record Timer(int Generation, object Message, bool Repeats, ICancelable Scheduled);

        internal class TimerMessage(TimerScheduler owner, object key, int generation, object message)
            : INoSerializationVerificationNeeded, IWrappedMessage
        {
            public TimerScheduler Owner { get; } = owner;

            public object Key { get; } = key;

            public int Generation { get; } = generation;

            public object Message { get; } = message;
        }

        private sealed class QuietTimerMessage(TimerScheduler owner, object key, int generation, object message)
            : TimerMessage(owner, key, generation, message), INotInfluenceReceiveTimeout;
    }
}
