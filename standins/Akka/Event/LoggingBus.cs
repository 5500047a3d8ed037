using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Util.Internal;

namespace Akka.Event;

/// <summary>Hands events to the actors that subscribed to their type or a base type of it, once to each.</summary>
public class LoggingBus
{
    private static int _lastLoggerId;

    private readonly Lock _gate = new();
    private readonly List<IActorRef> _loggers = [];
    private readonly ConcurrentDictionary<Type, IActorRef[]> _subscribersByEvent = new();
    private ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> _channels =
        ImmutableDictionary<IActorRef, ImmutableHashSet<Type>>.Empty;

    public LogLevel LogLevel { get; private set; }

    /// <summary>False if the subscriber gets all of that channel already.</summary>
    public virtual bool Subscribe(IActorRef subscriber, Type channel)
    {
        lock (_gate)
        {
            var channels = _channels.GetValueOrDefault(subscriber, []);
            if (channels.Any(c => c.IsAssignableFrom(channel)))
                return false;
            Replace(_channels.SetItem(subscriber, channels.Add(channel)));
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(subscriber, out var channels))
                return false;
            var left = channels.Except(channels.Where(channel.IsAssignableFrom));
            if (left.Count == channels.Count)
                return false;
            Replace(left.IsEmpty ? _channels.Remove(subscriber) : _channels.SetItem(subscriber, left));
            return true;
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber)
    {
        lock (_gate)
        {
            if (!_channels.ContainsKey(subscriber))
                return false;
            Replace(_channels.Remove(subscriber));
            return true;
        }
    }

    private void Replace(ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> channels)
    {
        _channels = channels;
        _subscribersByEvent.Clear();
    }

    public void Publish(object @event)
    {
        var type = @event.GetType();
        if (!_subscribersByEvent.TryGetValue(type, out var subscribers))
        {
            lock (_gate) // so that a change cannot slip in between looking and remembering
            {
                subscribers = _channels.Where(s => s.Value.Any(c => c.IsAssignableFrom(type))).Select(s => s.Key).ToArray();
                _subscribersByEvent[type] = subscribers;
            }
        }

        foreach (var subscriber in subscribers)
        {
            if (subscriber is LocalActorRef { IsTerminated: true })
                Unsubscribe(subscriber);
            else
                subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    public void StartStdoutLogger(Settings config) =>
        SubscribeFrom(Logging.LogLevelFor(config.StdoutLogLevel), config.StdoutLogger);

    public void SetLogLevel(LogLevel logLevel)
    {
        LogLevel = logLevel;
        lock (_loggers)
        {
            foreach (var logger in _loggers)
            {
                SubscribeFrom(logLevel, logger);
                foreach (var level in Enum.GetValues<LogLevel>().Where(l => l < logLevel))
                    Unsubscribe(logger, level.ClassFor());
            }
        }
    }

    private void SubscribeFrom(LogLevel lowest, IActorRef logger)
    {
        foreach (var level in Enum.GetValues<LogLevel>().Where(l => l >= lowest))
            Subscribe(logger, level.ClassFor());
    }

    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var settings = system.Settings;
        LogLevel = Logging.LogLevelFor(settings.LogLevel);
        var source = $"{GetType().Name}({system.Name})";
        var keepStdout = false;
        List<(string Name, Task Started)> starting = [];
        foreach (var name in settings.Loggers)
        {
            var type = TypeNames.Find(name) ?? throw new ConfigurationException(
                $"Logger specified in config cannot be found: \"{name}\"");
            if (typeof(MinimalLogger).IsAssignableFrom(type))
                keepStdout = true;
            else
                starting.Add((type.FullName, StartLogger(system, type)));
        }

        // Blocks as Akka.NET does: nothing should be lost between the standard output logger and these.
        try
        {
            if (!Task.WaitAll(starting.Select(s => s.Started).ToArray(), settings.LoggerStartTimeout))
                foreach (var (name, _) in starting.Where(s => !s.Started.IsCompleted))
                    Publish(new Warning(source, GetType(), $"Logger {name} did not respond within {settings.LoggerStartTimeout} to InitializeLogger(bus)"));
        }
        catch (AggregateException e)
        {
            throw new LoggerInitializationException(e.InnerException?.Message, e.InnerException);
        }

        if (settings.DebugUnhandledMessage)
            Subscribe(system.SystemActorOf<UnhandledMessageForwarder>("UnhandledMessageForwarder"), typeof(UnhandledMessage));
        if (!keepStdout)
            Unsubscribe(settings.StdoutLogger);
        Publish(new Debug(source, GetType(), "Default Loggers started"));
    }

    private async Task StartLogger(ActorSystemImpl system, Type type)
    {
        var logger = system.SystemActorOf(
            Props.Create(type).WithDispatcher(system.Settings.LoggersDispatcher),
            $"log{Interlocked.Increment(ref _lastLoggerId)}-{type.Name}");
        var reply = await logger.Ask(new InitializeLogger(this), Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (reply is not LoggerInitialized)
            throw new LoggerInitializationException(
                $"Logger {type.FullName} did not respond with LoggerInitialized, sent instead {reply}");
        lock (_loggers)
            _loggers.Add(logger);
        SubscribeFrom(LogLevel, logger);
    }

    internal void StopDefaultLoggers(ActorSystem system)
    {
        StartStdoutLogger(system.Settings);
        lock (_loggers)
        {
            foreach (var logger in _loggers)
            {
                Unsubscribe(logger);
                ((IInternalActorRef)logger).Stop();
            }

            _loggers.Clear();
        }
    }

    private sealed class UnhandledMessageForwarder : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is not UnhandledMessage unhandled)
                return false;
            Context.System.EventStream.Publish(new Debug(
                unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(),
                $"Unhandled message from {unhandled.Sender?.Path.ToString() ?? "NoSender"} : {unhandled.Message}"));
            return true;
        }
    }
}

/// <summary>The bus of a system: log events, dead letters, unhandled messages and whatever is published.</summary>
public class EventStream(bool debug) : LoggingBus
{
    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"subscribing {subscriber} to channel {channel}"));
        return base.Subscribe(subscriber, channel);
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from channel {channel}"));
        return base.Unsubscribe(subscriber, channel);
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from all channels"));
        return base.Unsubscribe(subscriber);
    }
}

public static class EventStreamExtensions
{
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Subscribe(subscriber, typeof(TChannel));

    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Unsubscribe(subscriber, typeof(TChannel));
}
