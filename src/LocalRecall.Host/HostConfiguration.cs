using Akka.Configuration;

namespace LocalRecall.Host;

/// <summary>The shipped <c>hocon/host.conf</c>, under what the user's own <c>host.conf</c> in the home folder says.</summary>
internal static class HostConfiguration
{
    public static Config Load(HostPaths paths)
    {
        Config shipped = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "host.conf")));
        return File.Exists(paths.Configuration)
            ? ConfigurationFactory.ParseString(File.ReadAllText(paths.Configuration)).WithFallback(shipped)
            : shipped;
    }
}
