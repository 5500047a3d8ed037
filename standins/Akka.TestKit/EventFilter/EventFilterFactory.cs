using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// Filters on log events. Of message (equal), start and contains the first one given counts; the source is an actor's path, with or
/// without its address. An error is matched by its text or by its exception's.
/// </summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;

    public EventFilterFactory(TestKitBase testkit)
        : this(testkit, testkit.Sys)
    {
    }

    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
        : this(testkit, system, [])
    {
    }

    public EventFilterFactory(TestKitBase testkit, ActorSystem actorSystem, IReadOnlyList<EventFilterBase> filters)
    {
        _testkit = testkit;
        _system = actorSystem;
        _filters = filters;
    }

    public IEventFilterApplier Debug(string message = null, string start = null, string contains = null, string source = null) =>
        Level<Debug>(Text.Of(message, start, contains), source);

    public IEventFilterApplier Debug(Regex pattern, string source = null) => Level<Debug>(Text.Of(pattern), source);

    public IEventFilterApplier Info(string message = null, string start = null, string contains = null, string source = null) =>
        Level<Info>(Text.Of(message, start, contains), source);

    public IEventFilterApplier Info(Regex pattern, string source = null) => Level<Info>(Text.Of(pattern), source);

    public IEventFilterApplier Warning(string message = null, string start = null, string contains = null, string source = null) =>
        Level<Warning>(Text.Of(message, start, contains), source);

    public IEventFilterApplier Warning(Regex pattern, string source = null) => Level<Warning>(Text.Of(pattern), source);

    public IEventFilterApplier Error(string message = null, string start = null, string contains = null, string source = null) =>
        Errors(null, Text.Of(message, start, contains), source, false);

    public IEventFilterApplier Error(Regex pattern, string source = null) => Errors(null, Text.Of(pattern), source, false);

    public IEventFilterApplier Exception<TException>(string message = null, string start = null, string contains = null, string source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string source = null)
        where TException : Exception => Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception(Type exceptionType, string message = null, string start = null, string contains = null, string source = null, bool checkInnerExceptions = false) =>
        Errors(exceptionType, Text.Of(message, start, contains), source, checkInnerExceptions);

    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string source = null, bool checkInnerExceptions = false) =>
        Errors(exceptionType, Text.Of(pattern), source, checkInnerExceptions);

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, string message = null, string start = null, string contains = null, string source = null) => logLevel switch
    {
        LogLevel.DebugLevel => Debug(message, start, contains, source),
        LogLevel.InfoLevel => Info(message, start, contains, source),
        LogLevel.WarningLevel => Warning(message, start, contains, source),
        LogLevel.ErrorLevel => Error(message, start, contains, source),
        _ => throw new ArgumentOutOfRangeException(nameof(logLevel), logLevel, null),
    };

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string source = null) => logLevel switch
    {
        LogLevel.DebugLevel => Debug(pattern, source),
        LogLevel.InfoLevel => Info(pattern, source),
        LogLevel.WarningLevel => Warning(pattern, source),
        LogLevel.ErrorLevel => Error(pattern, source),
        _ => throw new ArgumentOutOfRangeException(nameof(logLevel), logLevel, null),
    };

    public IEventFilterApplier DeadLetter() => DeadLetters(null, _ => true, null);

    public IEventFilterApplier DeadLetter<TMessage>(string source = null) => DeadLetters(typeof(TMessage), m => m is TMessage, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string source = null) =>
        DeadLetters(typeof(TMessage), m => m is TMessage typed && isMatch(typed), source);

    public IEventFilterApplier DeadLetter(Type type, string source = null) => DeadLetters(type, type.IsInstanceOfType, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string source = null) =>
        DeadLetters(type, m => type.IsInstanceOfType(m) && isMatch(m), source);

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => With("Custom", predicate);

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        With($"Custom {typeof(TLogEvent).Name}", e => e is TLogEvent typed && predicate(typed));

    private IEventFilterApplier Level<TLogEvent>(Text text, string source) where TLogEvent : LogEvent =>
        With($"{typeof(TLogEvent).Name} {text}{From(source)}", e => e is TLogEvent && IsFrom(source, e) && text.IsMatch(e.Message));

    private IEventFilterApplier Errors(Type exceptionType, Text text, string source, bool checkInnerExceptions)
    {
        return With($"Error{(exceptionType is null ? "" : $" with cause <{exceptionType}>")} {text}{From(source)}", e => e is Error && IsMatch(e, e.Cause));

        bool IsMatch(LogEvent error, Exception cause)
        {
            if (cause is null)
                return exceptionType is null && IsFrom(source, error) && text.IsMatch(error.Message);
            if (exceptionType is null || exceptionType.IsInstanceOfType(cause))
            {
                if (error.Message is null && string.IsNullOrEmpty(cause.Message))
                    return true;
                if (IsFrom(source, error) && (text.IsMatch(error.Message) || text.IsMatch(cause.Message)))
                    return true;
            }
            return checkInnerExceptions && IsMatch(error, cause.InnerException);
        }
    }

    private IEventFilterApplier DeadLetters(Type type, Predicate<object> isMatch, string source) =>
        With($"DeadLetter {type}{From(source)}", e => e is Warning { Message: DeadLetter letter } && isMatch(letter.Message) && IsFrom(source, e));

    private IEventFilterApplier With(string name, Predicate<LogEvent> isMatch) =>
        new EventFilterApplier(_testkit, _system, [.. _filters, new Internal.EventFilter(name, isMatch)]);

    private static string From(string source) => source is null ? "" : $" from {source}";

    private static bool IsFrom(string source, LogEvent logEvent) =>
        source is null
        || string.Equals(source, logEvent.LogSource, StringComparison.OrdinalIgnoreCase)
        || (ActorPath.TryParse(logEvent.LogSource, out var path) && string.Equals(source, path.ToStringWithoutAddress(), StringComparison.OrdinalIgnoreCase));

    private sealed record Text(string Name, Predicate<string> IsTextMatch)
    {
        public static Text Of(string message, string start, string contains) =>
            message is not null ? new($"== \"{message}\"", text => text == message)
            : start is not null ? new($"starting with \"{start}\"", text => text.StartsWith(start, StringComparison.Ordinal))
            : contains is not null ? new($"containing \"{contains}\"", text => text.Contains(contains, StringComparison.Ordinal))
            : new("with any text", _ => true);

        public static Text Of(Regex pattern) => new($"matching {pattern}", pattern.IsMatch);

        public bool IsMatch(object message) => IsTextMatch(message?.ToString() ?? "null");

        public override string ToString() => Name;
    }
}
