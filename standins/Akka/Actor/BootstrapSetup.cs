using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Which actor references a system hands out: local only, or remote as well.</summary>
public abstract class ProviderSelection
{
    internal const string RemoteProviderClass = "Akka.Remote.RemoteActorRefProvider, Akka.Remote";

    private ProviderSelection(string identifier, string fqn)
    {
        Identifier = identifier;
        Fqn = fqn;
    }

    internal string Identifier { get; }

    internal string Fqn { get; }

    internal static ProviderSelection GetProvider(string providerClass) => providerClass switch
    {
        "local" or "Akka.Actor.LocalActorRefProvider" => Local.Instance,
        "remote" or RemoteProviderClass => Remote.Instance,
        _ => new Custom(providerClass)
    };

    public sealed class Local : ProviderSelection
    {
        public static readonly Local Instance = new();

        private Local() : base("local", typeof(LocalActorRefProvider).FullName) { }
    }

    public sealed class Remote : ProviderSelection
    {
        public static readonly Remote Instance = new();

        private Remote() : base("remote", RemoteProviderClass) { }
    }

    public sealed class Custom(string fqn, string identifier = null, bool hasCluster = false)
        : ProviderSelection(identifier ?? "custom", fqn)
    {
        internal bool HasCluster { get; } = hasCluster;
    }
}

/// <summary>The configuration a system starts with, and what its references are.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Option<Config> config, Option<ProviderSelection> provider)
    {
        Config = config;
        ActorRefProvider = provider;
    }

    public Option<Config> Config { get; }

    public Option<ProviderSelection> ActorRefProvider { get; }

    public static BootstrapSetup Create() => new(Option<Config>.None, Option<ProviderSelection>.None);

    public BootstrapSetup WithConfig(Config config) => new(config, ActorRefProvider);

    public BootstrapSetup WithConfigFallback(Config config) =>
        new(Config.HasValue ? Config.Value.SafeWithFallback(config) : config, ActorRefProvider);

    public BootstrapSetup WithActorRefProvider(ProviderSelection name) => new(Config, name);
}
