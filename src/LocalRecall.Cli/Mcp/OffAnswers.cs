using System.Text.Json;
using LocalRecall.Client;
using LocalRecall.Contracts.Mcp;

namespace LocalRecall.Cli.Mcp;

/// <summary>
/// What a session that has opted out is told: that there is a server, without tools and without memories. A server that did not come up
/// would be reported as broken; tools that only refuse would be tried again and again.
/// </summary>
internal static class OffAnswers
{
    private const string Why = "LocalRecall is off here (LOCALRECALL_OFF or a .localrecall-ignore file): nothing is remembered and nothing recalled.";
    private const string Complete = """ "resultType":"complete","ttlMs":0,"cacheScope":"private" """;
    private const string Newest = "2025-11-25";

    private static readonly string[] Versions = ["2024-11-05", "2025-03-26", "2025-06-18", Newest];

    /// <returns>A JSON-RPC response; empty where there is none.</returns>
    public static string To(JsonRpcMessage message, string json) => message.Kind != JsonRpcKind.Request ? "" : message.Method switch
    {
        "initialize" => Result(message,
            $$$""" "protocolVersion":"{{{VersionFor(json)}}}","capabilities":{"tools":{}},"serverInfo":{"name":"localrecall","version":"{{{RecallClient.Version}}}"},"instructions":"{{{Why}}}" """),
        "server/discover" => Result(message, $$$""" "supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"instructions":"{{{Why}}}",{{{Complete}}} """),
        "ping" => Result(message, ""),
        "tools/list" => Result(message, $$""" "tools":[],{{Complete}} """),
        "resources/list" => Result(message, $$""" "resources":[],{{Complete}} """),
        "tools/call" => Result(message, $$""" "content":[{"type":"text","text":"{{Why}}"}],"isError":true,"resultType":"complete" """),
        _ => JsonRpcError.Of(message.Id, JsonRpcError.MethodNotFound, Why),
    };

    private static string Result(JsonRpcMessage message, string members) => $$"""{"jsonrpc":"2.0","id":{{message.Id}},"result":{ {{members}} } }""";

    private static string VersionFor(string initialize)
    {
        using JsonDocument json = JsonDocument.Parse(initialize);
        return json.RootElement.TryGetProperty("params", out JsonElement parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("protocolVersion", out JsonElement asked) && asked.ValueKind == JsonValueKind.String
            ? Versions.FirstOrDefault(version => asked.ValueEquals(version), Newest) : Newest;
    }
}
