using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalRecall.Contracts;

/// <summary>What <c>endpoint.json</c> in the home folder says of the running host. Mode 0600: the token is a secret.</summary>
/// <param name="Address">Akka address of the system: <c>akka.tcp://localrecall@127.0.0.1:PORT</c>.</param>
/// <param name="HttpAddress">Where the host's HTTP endpoints listen, or null.</param>
/// <param name="OllamaAddress">Where it answers as Ollama does, without a token, or null.</param>
public sealed record HostEndpoint(
    string Address, string System, string Token, int Pid, string Version, int ProtocolVersion, string? HttpAddress = null, string? OllamaAddress = null);

/// <summary>Reads and writes the endpoint file.</summary>
public static class EndpointFile
{
    public const string Name = "endpoint.json";

    /// <summary>Null: there is none, or it is not (yet) readable as one.</summary>
    public static HostEndpoint? TryRead(string home)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(home, Name)), EndpointJson.Default.HostEndpoint)
                is { Address: not null, System: not null, Token: not null, Version: not null } endpoint ? endpoint : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file in one step, readable by its owner alone.</summary>
    public static void Write(string home, HostEndpoint endpoint)
    {
        string path = Path.Combine(home, Name);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, endpoint, EndpointJson.Default.HostEndpoint);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Removes what writers left that were killed in the middle. For the host alone, which is the only one to write.</summary>
    public static void DeleteLeftovers(string home)
    {
        foreach (string leftover in Directory.EnumerateFiles(home, $"{Name}.*.tmp"))
        {
            File.Delete(leftover);
        }
    }

    public static void Delete(string home) => File.Delete(Path.Combine(home, Name));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(HostEndpoint))]
internal sealed partial class EndpointJson : JsonSerializerContext;
