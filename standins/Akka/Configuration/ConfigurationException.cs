using Akka.Actor;

namespace Akka.Configuration;

public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message) : base(message) { }

    public ConfigurationException(string message, Exception exception) : base(message, exception) { }

    public static ConfigurationException NullOrEmptyConfig<T>(string path = null) =>
        new($"Failed to instantiate {typeof(T).Name}: Configuration{(path is null ? "" : $" [{path}]")} is null or empty.");
}
