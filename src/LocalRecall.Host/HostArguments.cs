using System.Globalization;
using System.Net;
using Akka.Configuration;
using LocalRecall.Contracts;

namespace LocalRecall.Host;

/// <summary>What is said on the command line, for this run of the host.</summary>
/// <param name="Successor">Wait for an older host that is making way.</param>
/// <param name="HttpPort">Null: as configured; so with <paramref name="OllamaPort"/>.</param>
internal sealed record HostArguments(bool Successor = false, int? HttpPort = null, int? OllamaPort = null)
{
    /// <returns>Null: they can't be understood; the mistake says why.</returns>
    public static HostArguments? Parse(IReadOnlyList<string> args, out string? mistake)
    {
        var arguments = new HostArguments();
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == HostProcess.SuccessorArgument)
            {
                arguments = arguments with { Successor = true };
            }
            else if (args[i] is HostProcess.HttpPortArgument or HostProcess.OllamaPortArgument)
            {
                string value = i + 1 < args.Count ? args[i + 1] : "";
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
                {
                    mistake = $"{args[i]} takes a port, not '{value}'";
                    return null;
                }

                arguments = args[i++] == HostProcess.HttpPortArgument ? arguments with { HttpPort = port } : arguments with { OllamaPort = port };
            }
            else
            {
                mistake = $"it does not know '{args[i]}'";
                return null;
            }
        }

        mistake = null;
        return arguments;
    }

    /// <summary>The configuration, with what is said here.</summary>
    public Config Over(Config config)
    {
        string http = (HttpPort is { } port ? $"enabled = on, port = {port}, " : "") + (OllamaPort is { } ollama ? $"enabled = on, ollama-port = {ollama}" : "");
        return http.Length == 0 ? config : ConfigurationFactory.ParseString($"localrecall.http {{ {http} }}").WithFallback(config);
    }
}
