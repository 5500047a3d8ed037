using Akka.Configuration;

namespace LocalRecall.Host.Http;

/// <param name="Port">0: any free one.</param>
/// <param name="OllamaPort">0: none.</param>
/// <param name="Token">One that stays, beside the one in the endpoint file, which each host makes anew; empty: none.</param>
/// <param name="MaxBodyBytes">Of a request.</param>
/// <param name="MaxConnections">At once.</param>
internal sealed record HttpSettings(bool Enabled, int Port, int OllamaPort, string Token, long MaxBodyBytes, int MaxConnections)
{
    /// <summary>Why the host stays though nobody asks: a program that only knows a port can't start it.</summary>
    public IReadOnlyList<string> Leases =>
    [
        .. Enabled && Port != 0 ? [$"HTTP on port {Port}"] : Array.Empty<string>(),
        .. Enabled && OllamaPort != 0 ? [$"Ollama's endpoints on port {OllamaPort}"] : Array.Empty<string>(),
    ];

    /// <param name="config">The block <c>localrecall.http</c>.</param>
    public static HttpSettings From(Config config) => new(
        config.GetBoolean("enabled"), config.GetInt("port"), config.GetInt("ollama-port"), config.GetString("token"),
        config.GetByteSize("max-body")!.Value, config.GetInt("max-connections"));

    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(HttpSettings)} {{ {nameof(Port)} = {Port}, {nameof(OllamaPort)} = {OllamaPort} }}";
}
