using Akka.Configuration;

namespace Akka.TestKit.Configs;

/// <summary>The configuration under every test's own.</summary>
public static class TestConfigs
{
    public static Config DefaultConfig => TestKitBase.DefaultConfig;

    /// <summary><see cref="DefaultConfig"/> with virtual time: the system's scheduler is a <see cref="TestScheduler"/>.</summary>
    public static Config TestSchedulerConfig { get; } = ConfigurationFactory
        .ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
        .WithFallback(TestKitBase.DefaultConfig);

    internal const string Reference = """
        akka {
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          test {
            # every wait below, and every wait a test asks for, is multiplied by this
            timefactor = 1.0
            # how long an event filter waits for its events once its block has run
            filter-leeway = 3s
            # how long one expectation waits outside of Within
            single-expect-default = 3s
            # for asks, latches
            default-timeout = 5s
            calling-thread-dispatcher {
              type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
              throughput = 2147483647
            }
            test-actor.dispatcher {
              type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
              throughput = 2147483647
            }
          }
        }
        """;
}
