using System.CommandLine;
using System.Globalization;
using System.Net;
using LocalRecall.Client;
using LocalRecall.Contracts;

namespace LocalRecall.Cli;

/// <summary>The ports that a host is wanted to serve HTTP on; null: as configured.</summary>
internal sealed record HostPorts(int? Http, int? Ollama)
{
    /// <summary>Each command has its own.</summary>
    public static Option<int?>[] Options() =>
    [
        Port(HostProcess.HttpPortArgument, "Serve HTTP on this port of 127.0.0.1."),
        Port(HostProcess.OllamaPortArgument, "Serve Ollama's endpoints on this port of 127.0.0.1, without a token; Ollama's own is 11434."),
    ];

    public static HostPorts Of(ParseResult parse) =>
        new(parse.GetValue<int?>(HostProcess.HttpPortArgument), parse.GetValue<int?>(HostProcess.OllamaPortArgument));

    /// <summary>The host's program with what it is to be told.</summary>
    /// <exception cref="RecallException">There is none.</exception>
    public HostProgram Program()
    {
        HostProgram program = HostProgram.Find();
        return program with { Arguments = [.. program.Arguments, .. Argument(HostProcess.HttpPortArgument, Http), .. Argument(HostProcess.OllamaPortArgument, Ollama)] };
    }

    /// <summary>Why a host that runs does not do as it is wanted to, and what to do; null: it does.</summary>
    public string? Mismatch(HostEndpoint host)
    {
        if (Serves(host.HttpAddress, Http) && Serves(host.OllamaAddress, Ollama))
        {
            return null;
        }

        string wish = string.Join(' ', Argument(HostProcess.HttpPortArgument, Http).Concat(Argument(HostProcess.OllamaPortArgument, Ollama)));
        return $"The host does not serve {wish}. If it ran already: recall host restart {wish}. If another program has the port, {HostProcess.LogFile} says so.";
    }

    private static bool Serves(string? address, int? port) =>
        port is null or 0 || (address is not null && new Uri(address).Port == port);

    private static string[] Argument(string name, int? port) => port is { } number ? [name, number.ToString(CultureInfo.InvariantCulture)] : [];

    private static Option<int?> Port(string name, string description) => new(name)
    {
        Description = $"{description} For this run; host.conf makes it permanent (localrecall.http).",
        HelpName = "PORT",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort)
            {
                return port;
            }

            result.AddError($"{name} takes a port, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
