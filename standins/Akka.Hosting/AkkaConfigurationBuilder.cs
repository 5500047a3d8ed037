using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting.Logging;
using Akka.Serialization;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

public enum HoconAddMode
{
    /// <summary>What was added before wins.</summary>
    Append,

    /// <summary>What is added now wins.</summary>
    Prepend,

    /// <summary>As <see cref="Prepend"/>: so it is in Akka.Hosting.</summary>
    Replace,
}

public delegate Task ActorStarter(ActorSystem system, IActorRegistry registry);

public delegate Task ActorStarterWithResolver(ActorSystem system, IActorRegistry registry, IDependencyResolver resolver);

public delegate Task StartupTask(ActorSystem system, IActorRegistry registry);

/// <summary>Collects what the actor system is to be made of, and what is to be started in it.</summary>
public sealed class AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
{
    private readonly List<ActorStarter> _starters = [];
    private readonly List<StartupTask> _startupTasks = [];
    private readonly List<(string Id, ImmutableHashSet<Type> Types, Func<ExtendedActorSystem, Serializer> Factory)> _serializers = [];
    private readonly List<Type> _extensions = [];
    private bool _complete;

    public readonly HashSet<Setup> Setups = [];

    public Option<ProviderSelection> ActorRefProvider { get; private set; } = Option<ProviderSelection>.None;

    public Option<Config> Configuration { get; private set; } = Option<Config>.None;

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter) => StartActors((system, registry) =>
    {
        starter(system, registry);
        return Task.CompletedTask;
    });

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter) => StartActors((system, registry, resolver) =>
    {
        starter(system, registry, resolver);
        return Task.CompletedTask;
    });

    public AkkaConfigurationBuilder StartActors(ActorStarterWithResolver starter) => StartActors((system, registry) =>
        starter(system, registry, DependencyResolver.For(system).Resolver));

    public AkkaConfigurationBuilder StartActors(ActorStarter starter) => Unless(_complete, () => _starters.Add(starter));

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask) => AddStartup((system, registry) =>
    {
        startupTask(system, registry);
        return Task.CompletedTask;
    });

    /// <summary>Startup tasks run after all actors were started.</summary>
    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask) => Unless(_complete, () => _startupTasks.Add(startupTask));

    public AkkaConfigurationBuilder WithCustomSerializer(
        string serializerIdentifier, IEnumerable<Type> boundTypes, Func<ExtendedActorSystem, Serializer> serializerFactory)
    {
        _serializers.Add((serializerIdentifier, boundTypes.ToImmutableHashSet(), serializerFactory));
        return this;
    }

    public AkkaConfigurationBuilder WithExtensions(params Type[] extensions)
    {
        foreach (var extension in extensions)
        {
            if (!typeof(IExtensionId).IsAssignableFrom(extension))
                throw new ConfigurationException($"Type must extend {nameof(IExtensionId)}: [{extension.FullName}]");
            if (extension.IsAbstract)
                throw new ConfigurationException("Type class must not be abstract or static");
            if (!_extensions.Contains(extension))
                _extensions.Add(extension);
        }
        return this;
    }

    public AkkaConfigurationBuilder WithExtension<T>() where T : IExtensionId => WithExtensions(typeof(T));

    internal AkkaConfigurationBuilder AddHoconConfiguration(Config hocon, HoconAddMode addMode)
    {
        ArgumentNullException.ThrowIfNull(hocon);
        return Unless(_complete, () =>
        {
            var current = Configuration.HasValue ? Configuration.Value : Config.Empty;
            Configuration = addMode == HoconAddMode.Append ? current.WithFallback(hocon) : hocon.WithFallback(current);
        });
    }

    internal AkkaConfigurationBuilder WithActorRefProvider(ProviderSelection provider) =>
        Unless(_complete, () => ActorRefProvider = provider);

    internal AkkaConfigurationBuilder AddSetup(Setup setup) => Unless(_complete, () =>
    {
        if (setup is BootstrapSetup bootstrap)
        {
            // Made anew when the system starts: take out what it holds.
            if (bootstrap.Config.HasValue)
                AddHoconConfiguration(bootstrap.Config.Value, HoconAddMode.Prepend);
            ActorRefProvider = bootstrap.ActorRefProvider;
        }
        else if (setup is not DependencyResolverSetup)
        {
            Setups.Add(setup);
        }
    });

    internal void Bind()
    {
        serviceCollection.AddSingleton(provider => provider.GetRequiredService<AkkaConfigurationBuilder>().CreateSystem(provider));
        serviceCollection.AddSingleton(provider => ActorRegistry.For(provider.GetRequiredService<ActorSystem>()));
        serviceCollection.AddSingleton<IActorRegistry>(provider => provider.GetRequiredService<ActorRegistry>());
        serviceCollection.AddSingleton<IReadOnlyActorRegistry>(provider => provider.GetRequiredService<ActorRegistry>());
        serviceCollection.AddSingleton(typeof(IRequiredActor<>), typeof(RequiredActor<>));
    }

    internal async Task StartAsync(ActorSystem system)
    {
        if (_complete)
            return;
        _complete = true;
        var registry = ActorRegistry.For(system);
        foreach (var start in _starters)
            await start(system, registry).ConfigureAwait(false);
        foreach (var run in _startupTasks)
            await run(system, registry).ConfigureAwait(false);
    }

    private ActorSystem CreateSystem(IServiceProvider provider)
    {
        if (_extensions.Count > 0)
        {
            var before = Configuration.HasValue ? Configuration.Value.GetStringList("akka.extensions") : [];
            var names = _extensions.Select(extension => extension.AssemblyQualifiedName).Concat(before).Select(name => $"\"{name}\"");
            AddHoconConfiguration($"akka.extensions = [{string.Join(", ", names)}]", HoconAddMode.Prepend);
        }
        if (!Setups.OfType<LoggerFactorySetup>().Any() && provider.GetService<ILoggerFactory>() is { } loggers)
            Setups.Add(new LoggerFactorySetup(loggers));

        var bootstrap = BootstrapSetup.Create().WithConfig(Configuration.HasValue ? Configuration.Value : Config.Empty);
        if (ActorRefProvider.HasValue)
            bootstrap = bootstrap.WithActorRefProvider(ActorRefProvider.Value);
        var setup = bootstrap.And(DependencyResolverSetup.Create(provider));
        foreach (var part in Setups)
            setup = setup.And(part);
        if (_serializers.Count > 0)
        {
            setup = setup.And(SerializationSetup.Create(system => _serializers
                .Select(serializer => SerializerDetails.Create(serializer.Id, serializer.Factory(system), serializer.Types))
                .ToImmutableHashSet()));
        }
        return ActorSystem.Create(actorSystemName, setup);
    }

    private AkkaConfigurationBuilder Unless(bool tooLate, Action change)
    {
        if (!tooLate)
            change();
        return this;
    }
}
