using Akka.Configuration;

namespace LocalRecall.Host.Http;

/// <param name="Port">0: any free one.</param>
/// <param name="OllamaPort">0: none.</param>
/// <param name="Token">One that stays, beside the one in the endpoint file, which each host makes anew; empty: none.</param>
/// <param name="MaxBodyBytes">Of a request.</param>
/// <param name="MaxConnections">At once.</param>
/// <param name="Timeout">For what the actors are asked.</param>
/// <param name="ModelWidths">Names that clients know the model by, and how wide each wants its vectors; 0: as they are.</param>
/// <param name="IdleUnload">When a model without work is unloaded.</param>
internal sealed record HttpSettings(
    bool Enabled, int Port, int OllamaPort, string Token, long MaxBodyBytes, int MaxConnections, TimeSpan Timeout,
    IReadOnlyDictionary<string, int> ModelWidths, TimeSpan IdleUnload)
{
    /// <summary>Why the host stays though nobody asks: a program that only knows a port can't start it.</summary>
    public IReadOnlyList<string> Leases =>
    [
        .. Enabled && Port != 0 ? [$"HTTP on port {Port}"] : Array.Empty<string>(),
        .. Enabled && OllamaPort != 0 ? [$"Ollama's endpoints on port {OllamaPort}"] : Array.Empty<string>(),
    ];

    /// <param name="config">The block <c>localrecall</c>.</param>
    public static HttpSettings From(Config config)
    {
        Config http = config.GetConfig("http");
        return new HttpSettings(
            http.GetBoolean("enabled"), http.GetInt("port"), http.GetInt("ollama-port"), http.GetString("token"),
            http.GetByteSize("max-body")!.Value, http.GetInt("max-connections"), http.GetTimeSpan("timeout"),
            http.GetConfig("models").AsEnumerable().ToDictionary(
                model => model.Key, model => model.Value.GetChildObject("dimensions")?.GetInt() ?? 0, StringComparer.OrdinalIgnoreCase),
            config.GetTimeSpan("embedding.idle-unload"));
    }

    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(HttpSettings)} {{ {nameof(Port)} = {Port}, {nameof(OllamaPort)} = {OllamaPort} }}";
}
