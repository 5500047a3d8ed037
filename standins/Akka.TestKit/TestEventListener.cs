using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.TestKit.Internal;
using Akka.TestKit.TestEvent;

namespace Akka.TestKit
{
    /// <summary>The logger under test: prints what no filter takes.</summary>
    public class TestEventListener : DefaultLogger
    {
        private readonly List<IEventFilter> _filters = [];

        protected override bool Receive(object message)
        {
            switch (message)
            {
                case InitializeLogger initialize:
                    foreach (var type in new[] { typeof(Mute), typeof(Unmute), typeof(DeadLetter), typeof(UnhandledMessage) })
                        initialize.LoggingBus.Subscribe(Context.Self, type);
                    return base.Receive(message);
                case Mute mute:
                    _filters.AddRange(mute.Filters);
                    break;
                case Unmute unmute:
                    foreach (var filter in unmute.Filters)
                        _filters.Remove(filter);
                    break;
                case LogEvent logEvent:
                    if (!IsFiltered(logEvent))
                        Print(logEvent);
                    break;
                case DeadLetter { Message: not Terminate } letter:
                    var recipient = letter.Recipient;
                    if (!IsFiltered(new Warning(recipient.Path.ToString(), recipient.GetType(), letter)))
                        Print(new Warning(recipient.Path.ToString(), recipient.GetType(), letter));
                    break;
                case DeadLetter:
                    break;
                default:
                    Print(new Debug(Context.System.Name, GetType(), message));
                    break;
            }
            return true;
        }

        // A filter that throws, as a test's own predicate may, does not match.
        private bool IsFiltered(LogEvent logEvent) => _filters.Any(filter =>
        {
            try
            {
                return filter.Apply(logEvent);
            }
            catch (Exception)
            {
                return false;
            }
        });
    }
}

namespace Akka.TestKit.TestEvent
{
    public sealed class Mute(IReadOnlyCollection<EventFilterBase> filters) : INoSerializationVerificationNeeded
    {
        public Mute(params EventFilterBase[] filters)
            : this((IReadOnlyCollection<EventFilterBase>)filters)
        {
        }

        public IReadOnlyCollection<EventFilterBase> Filters { get; } = filters;
    }

    public sealed class Unmute(IReadOnlyCollection<EventFilterBase> filters) : INoSerializationVerificationNeeded
    {
        public Unmute(params EventFilterBase[] filters)
            : this((IReadOnlyCollection<EventFilterBase>)filters)
        {
        }

        public IReadOnlyCollection<EventFilterBase> Filters { get; } = filters;
    }
}
