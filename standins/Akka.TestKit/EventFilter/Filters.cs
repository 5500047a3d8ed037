using Akka.Event;

namespace Akka.TestKit
{
    public interface IEventFilter
    {
        bool Apply(LogEvent logEvent);
    }
}

namespace Akka.TestKit.Internal
{
    public delegate void EventMatched(EventFilterBase eventFilter, LogEvent logEvent);

    /// <summary>A named condition on a log event. What it matches is not printed, and its listeners are told.</summary>
    public abstract class EventFilterBase : IEventFilter
    {
        public event EventMatched EventMatched;

        public bool Apply(LogEvent logEvent)
        {
            if (!IsMatch(logEvent))
                return false;
            EventMatched?.Invoke(this, logEvent);
            return true;
        }

        protected abstract bool IsMatch(LogEvent evt);
    }

    internal sealed class EventFilter(string name, Predicate<LogEvent> isMatch) : EventFilterBase
    {
        public override string ToString() => name;

        protected override bool IsMatch(LogEvent evt) => isMatch(evt);
    }
}
