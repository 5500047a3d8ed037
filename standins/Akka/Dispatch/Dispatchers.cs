using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util.Internal;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system, by the configuration path that describes them.</summary>
public sealed class Dispatchers
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    public const string DefaultBlockingDispatcherId = "akka.actor.default-blocking-io-dispatcher";
    public const string SynchronizedDispatcherId = "akka.actor.synchronized-dispatcher";
    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators = new();

    public Dispatchers(ActorSystem system, IDispatcherPrerequisites prerequisites, ILoggingAdapter logger)
    {
        _system = system;
        Prerequisites = prerequisites;
    }

    public IDispatcherPrerequisites Prerequisites { get; }

    public Config DefaultDispatcherConfig => Prerequisites.Settings.Config.GetConfig(DefaultDispatcherId);

    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    internal MessageDispatcher InternalDispatcher => Lookup(InternalDispatcherId);

    /// <summary>The dispatcher with an id; for a pinned one, a new dispatcher at each call.</summary>
    /// <exception cref="ConfigurationException">There is no such dispatcher, or its type is not known.</exception>
    public MessageDispatcher Lookup(string dispatcherName) => Configurator(dispatcherName).Dispatcher();

    public bool HasDispatcher(string id) =>
        _configurators.ContainsKey(id) || _system.Settings.Config.HasPath(id);

    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) =>
        _configurators.TryAdd(id, configurator);

    private MessageDispatcherConfigurator Configurator(string id, int depth = 0)
    {
        if (_configurators.TryGetValue(id, out var known))
            return known;
        if (depth > 20)
            throw new ConfigurationException($"Dispatcher [{id}] is an alias of itself");
        var config = _system.Settings.Config;
        var value = config.GetValue(id) ?? throw new ConfigurationException($"Dispatcher [{id}] not configured");
        if (value.IsString())
            return Configurator(value.GetString(), depth + 1);
        return _configurators.GetOrAdd(id, Make(id, value.ToConfig()));
    }

    private MessageDispatcherConfigurator Make(string id, Config own)
    {
        var config = ConfigurationFactory.ParseString($"id = \"{id}\"").WithFallback(own)
            .WithFallback(DefaultDispatcherConfig);
        var type = config.GetString("type");
        switch (type)
        {
            case "Dispatcher" or "TaskDispatcher" or "ForkJoinDispatcher":
                return new DispatcherConfigurator(config, Prerequisites);
            case "PinnedDispatcher":
                return new PinnedDispatcherConfigurator(config, Prerequisites);
            case null or "":
                throw new ConfigurationException($"Missing dispatcher type of [{id}]");
            default:
                var configurator = TypeNames.Find(type) ?? throw new ConfigurationException(
                    $"Could not resolve dispatcher type [{type}] of [{id}]");
                return (MessageDispatcherConfigurator)Activator.CreateInstance(configurator, config, Prerequisites);
        }
    }
}
