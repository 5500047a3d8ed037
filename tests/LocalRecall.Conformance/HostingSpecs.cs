using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Event;
using Akka.Hosting;
using Akka.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace LocalRecall.Conformance;

public sealed class HostingSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private sealed class EchoKey;
    private sealed class OtherKey;

    private static readonly Props Echo = Lambda.Props((context, message) => context.Sender.Tell(message, context.Self));

    private static IHost Build(Action<AkkaConfigurationBuilder, IServiceProvider> akka, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        services?.Invoke(builder.Services);
        builder.Services.AddAkka("hosted", (configuration, provider) =>
        {
            configuration.ConfigureLoggers(loggers => loggers.ClearLoggers());
            akka(configuration, provider);
        });
        return builder.Build();
    }

    private static async Task<IHost> StartAsync(Action<AkkaConfigurationBuilder, IServiceProvider> akka, Action<IServiceCollection>? services = null)
    {
        var host = Build(akka, services);
        await host.StartAsync();
        return host;
    }

    private static string Setting(IHost host, string path) => host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetString(path);

    [Fact]
    public async Task The_system_is_a_service_and_has_its_name()
    {
        using var host = await StartAsync((_, _) => { });
        Assert.Equal("hosted", host.Services.GetRequiredService<ActorSystem>().Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task Actors_and_then_startup_tasks_run_in_order_before_the_host_has_started()
    {
        var order = new ConcurrentQueue<string>();
        using var host = await StartAsync((akka, _) => akka
            .AddStartup((_, _) => order.Enqueue("startup"))
            .WithActors((_, _) => order.Enqueue("first"))
            .WithActors(async (_, _) =>
            {
                await Task.Yield();
                order.Enqueue("second");
            })
            .WithActors((_, _, _) => order.Enqueue("third"))
            .WithActors(async (_, _, resolver) =>
            {
                await Task.Yield();
                Assert.NotNull(resolver);
                order.Enqueue("fourth");
            })
            .AddStartup(async (_, _) =>
            {
                await Task.Yield();
                order.Enqueue("asynchronous startup");
            }));
        Assert.Equal(["first", "second", "third", "fourth", "startup", "asynchronous startup"], order);
        await host.StopAsync();
    }

    [Fact]
    public async Task Registered_actors_are_found_by_key()
    {
        using var host = await StartAsync((akka, _) => akka.WithActors((system, registry) => registry.Register<EchoKey>(system.ActorOf(Echo, "echo"))));
        var required = host.Services.GetRequiredService<IRequiredActor<EchoKey>>();
        Assert.Equal("hello", await required.ActorRef.Ask<string>("hello", Patience));
        Assert.Same(required.ActorRef, await required.GetAsync());
        foreach (var registry in new[]
        {
            host.Services.GetRequiredService<IActorRegistry>(), host.Services.GetRequiredService<IReadOnlyActorRegistry>(),
            host.Services.GetRequiredService<ActorRegistry>(), ActorRegistry.For(host.Services.GetRequiredService<ActorSystem>()),
        })
        {
            Assert.Same(required.ActorRef, registry.Get<EchoKey>());
            Assert.True(registry.TryGet<EchoKey>(out var found));
            Assert.Same(required.ActorRef, found);
            Assert.Equal(typeof(EchoKey), Assert.Single(registry).Key);
        }
        await host.StopAsync();
    }

    [Fact]
    public async Task What_is_not_registered_is_missing()
    {
        using var host = await StartAsync((_, _) => { });
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<EchoKey>());
        Assert.False(registry.TryGet(typeof(EchoKey), out var nobody));
        Assert.True(nobody.IsNobody());
        Assert.Throws<MissingActorRegistryEntryException>(() => host.Services.GetRequiredService<IRequiredActor<EchoKey>>().ActorRef);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_key_is_registered_once_unless_it_may_be_overwritten()
    {
        using var host = await StartAsync((_, _) => { });
        var (system, registry) = (host.Services.GetRequiredService<ActorSystem>(), host.Services.GetRequiredService<IActorRegistry>());
        var (first, second) = (system.ActorOf(Echo), system.ActorOf(Echo));
        registry.Register<EchoKey>(first);
        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<EchoKey>(second));
        Assert.False(registry.TryRegister<EchoKey>(second));
        Assert.Same(first, registry.Get<EchoKey>());
        registry.Register<EchoKey>(second, overwrite: true);
        Assert.Same(second, registry.Get<EchoKey>());
        Assert.Throws<ArgumentNullException>(() => registry.Register<OtherKey>(null!));
        await host.StopAsync();
    }

    [Fact]
    public async Task Who_asks_for_an_actor_before_it_is_there_waits_for_it()
    {
        using var host = await StartAsync((_, _) => { });
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        using var impatient = new CancellationTokenSource();
        var (waiting, givingUp) = (registry.GetAsync<EchoKey>(), registry.GetAsync<EchoKey>(impatient.Token));
        Assert.False(waiting.IsCompleted);
        impatient.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givingUp);
        var echo = host.Services.GetRequiredService<ActorSystem>().ActorOf(Echo);
        registry.Register<EchoKey>(echo);
        Assert.Same(echo, await waiting.WaitAsync(Patience));
        await host.StopAsync();
    }

    [Fact]
    public async Task Hocon_is_added_before_or_after_what_is_there()
    {
        using var host = await StartAsync((akka, _) => akka
            .AddHocon("a = first, b = first", HoconAddMode.Append)
            .AddHocon("a = second, c = second", HoconAddMode.Append)
            .AddHocon("b = third, c = third", HoconAddMode.Prepend));
        Assert.Equal(("first", "third", "third"), (Setting(host, "a"), Setting(host, "b"), Setting(host, "c")));
        await host.StopAsync();
    }

    [Fact]
    public async Task Hocon_comes_from_files_and_from_configuration()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "from.a-file = \"a value\"");
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["akka:actor:ask-timeout"] = "7s",
                ["akka:remote:log_sent_messages"] = "True",
                ["list:0"] = "x",
                ["list:1"] = "y",
                ["Mixed.Case:Key"] = "with \"quotes\" and \\",
            }).Build();
            using var host = await StartAsync((akka, _) => akka
                .AddHoconFile(file, HoconAddMode.Prepend)
                .AddHocon(configuration, HoconAddMode.Prepend));
            Assert.Equal("a value", Setting(host, "from.a-file"));
            var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;
            Assert.Equal(TimeSpan.FromSeconds(7), config.GetTimeSpan("akka.actor.ask-timeout"));
            Assert.True(config.GetBoolean("akka.remote.log-sent-messages"));
            Assert.Equal(["x", "y"], config.GetStringList("list"));
            Assert.Equal("with \"quotes\" and \\", config.GetString("mixed.case.key"));
            await host.StopAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_ask_timeout_can_be_set()
    {
        using var host = await StartAsync((akka, _) => akka.WithActorAskTimeout(TimeSpan.FromMilliseconds(50)));
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal(TimeSpan.FromMilliseconds(50), system.Settings.AskTimeout);
        await Assert.ThrowsAsync<AskTimeoutException>(() => system.ActorOf(Lambda.Props((_, _) => { })).Ask<string>("?"));
        await host.StopAsync();
    }

    public sealed class Greeting
    {
        public string Text { get; init; } = "good morning";
    }

    private sealed class Greeter(Greeting greeting, string name) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell($"{greeting.Text}, {name}");
    }

    [Fact]
    public async Task Constructor_arguments_of_actors_come_from_the_services()
    {
        using var host = await StartAsync(
            (akka, _) => akka.WithActors((system, registry, resolver) =>
            {
                registry.Register<EchoKey>(system.ActorOf(resolver.Props<Greeter>("Ada")));
                registry.Register<OtherKey>(system.ActorOf(DependencyResolver.For(system).Props<Greeter>("Alan")));
            }),
            services => services.AddSingleton<Greeting>());
        var registry = host.Services.GetRequiredService<IActorRegistry>();
        Assert.Equal("good morning, Ada", await registry.Get<EchoKey>().Ask<string>("hi", Patience));
        Assert.Equal("good morning, Alan", await registry.Get<OtherKey>().Ask<string>("hi", Patience));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_builder_can_use_services()
    {
        using var host = await StartAsync(
            (akka, provider) => akka.AddHocon($"greeting = \"{provider.GetRequiredService<Greeting>().Text}\"", HoconAddMode.Prepend),
            services => services.AddSingleton(new Greeting { Text = "from a service" }));
        Assert.Equal("from a service", Setting(host, "greeting"));
        await host.StopAsync();
    }

    private sealed record Wire(string Text);

    private sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => "wire-v1";

        public override byte[] ToBinary(object obj) => System.Text.Encoding.UTF8.GetBytes(((Wire)obj).Text);

        public override object FromBinary(byte[] bytes, string manifest) => new Wire(System.Text.Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task A_serializer_can_be_bound_to_types()
    {
        using var host = await StartAsync((akka, _) => akka.WithCustomSerializer("wire", [typeof(Wire)], system => new WireSerializer(system)));
        var serialization = host.Services.GetRequiredService<ActorSystem>().Serialization;
        var serializer = Assert.IsType<WireSerializer>(serialization.FindSerializerFor(new Wire("x")));
        Assert.Equal(new Wire("täxt"), serialization.Deserialize(serializer.ToBinary(new Wire("täxt")), 4711, "wire-v1"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Stopping_the_host_runs_the_coordinated_shutdown()
    {
        var ran = new TaskCompletionSource();
        using var host = await StartAsync((akka, _) => akka.AddStartup((system, _) => CoordinatedShutdown.Get(system)
            .AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "test", () =>
            {
                ran.SetResult();
                return Task.FromResult(Akka.Done.Instance);
            })));
        var system = host.Services.GetRequiredService<ActorSystem>();
        await host.StopAsync();
        Assert.True(ran.Task.IsCompletedSuccessfully);
        await system.WhenTerminated.WaitAsync(Patience);
        Assert.IsType<CoordinatedShutdown.ClrExitReason>(CoordinatedShutdown.Get(system).ShutdownReason);
    }

    [Fact]
    public async Task The_end_of_the_system_stops_the_application()
    {
        using var host = await StartAsync((_, _) => { });
        await host.Services.GetRequiredService<ActorSystem>().Terminate();
        await host.WaitForShutdownAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task An_actor_that_cannot_be_started_fails_the_start_of_the_host()
    {
        using var host = Build((akka, _) => akka.WithActors((Action<ActorSystem, IActorRegistry>)((_, _) => throw new InvalidOperationException("no actors today"))));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
        Assert.Equal("no actors today", failure.Message);
    }

    [Fact]
    public async Task Log_events_go_to_the_applications_loggers()
    {
        using var sink = new Sink();
        using var host = await StartAsync(
            (akka, _) => akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.LogLevel = LogLevel.WarningLevel;
                loggers.AddLoggerFactory();
            }),
            services => services.AddLogging(logging => logging.AddProvider(sink)));
        var log = Logging.GetLogger(host.Services.GetRequiredService<ActorSystem>(), "test");
        log.Info("not this");
        log.Warning("but {0}", "this");
        var (level, text) = await sink.First.Task.WaitAsync(Patience);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, level);
        Assert.Contains("but this", text);
        await host.StopAsync();
    }

    /// <summary>Keeps the first log entry that comes from Akka.</summary>
    private sealed class Sink : ILoggerProvider, ILogger
    {
        public TaskCompletionSource<(Microsoft.Extensions.Logging.LogLevel Level, string Text)> First { get; } = new();

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Akka.Actor", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            First.TrySetResult((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }
}
