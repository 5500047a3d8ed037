using Akka.Actor;
using Akka.Configuration;

namespace LocalRecall.Benchmarks;

/// <summary>An actor system of this process, configured as the host's, without remoting.</summary>
internal static class LocalSystem
{
    public static ActorSystem Create() => ActorSystem.Create(
        "bench", ConfigurationFactory.ParseString("akka.actor.provider = local").WithFallback(Read("host.conf")));

    public static Config Read(string name) => ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
