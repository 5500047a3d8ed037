using Akka.Configuration;
using LocalRecall.Actors.Lifecycle;

namespace LocalRecall.Tests.Actors;

/// <summary>The shipped configurations, as tests use them.</summary>
internal static class TestConfiguration
{
    /// <summary>The host's, without remoting.</summary>
    public static Config Shipped { get; } = ConfigurationFactory.ParseString("akka.actor.provider = local").WithFallback(OrderlyEnd.WithDrainPhase(Read("host.conf")));

    /// <summary>The same as tests use it.</summary>
    public static Config Local { get; } = Read("test.conf").WithFallback(Shipped);

    /// <summary>Time moves only when the test says so.</summary>
    public static Config WithVirtualTime { get; } =
        ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"").WithFallback(Local);

    private static Config Read(string name) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
