using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LocalRecall.Benchmarks;

/// <summary>An actor system of this process, configured as the host's, without remoting.</summary>
internal static class LocalSystem
{
    public static ActorSystem Create() => ActorSystem.Create(
        "bench", ConfigurationFactory.ParseString("akka.actor.provider = local").WithFallback(Read("host.conf")));

    /// <summary>Nobody listens to them.</summary>
    public static IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static Config Read(string name) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
