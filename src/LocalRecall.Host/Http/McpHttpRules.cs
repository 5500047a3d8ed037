using System.Text;
using System.Text.Json;
using LocalRecall.Contracts.Mcp;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>What is wrong with an MCP request, before anybody looks at what it asks.</summary>
/// <param name="Data">Writes the members of <c>error.data</c>.</param>
internal sealed record McpRefusal(int Code, string Message, Action<Utf8JsonWriter>? Data = null)
{
    public int Status => Code == JsonRpcError.MethodNotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest;
}

/// <summary>
/// What Streamable HTTP asks of headers and messages: https://modelcontextprotocol.io/specification. From revision 2026-07-28 on there are
/// no sessions; headers repeat what the message says, and must agree with it.
/// </summary>
internal static class McpHttpRules
{
    public const string VersionHeader = "MCP-Protocol-Version";
    public const string MethodHeader = "Mcp-Method";
    public const string NameHeader = "Mcp-Name";
    public const string SessionHeader = "Mcp-Session-Id";

    private const string Sessionless = "2026-07-28";
    private const string VersionKey = "io.modelcontextprotocol/protocolVersion";
    private const string CapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
    private const string EncodedBegin = "=?base64?";
    private const string EncodedEnd = "?=";

    private static readonly string[] Versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", Sessionless];

    /// <summary>Whether a client speaks a revision that has no sessions.</summary>
    public static bool IsSessionless(IHeaderDictionary headers) => IsSessionless(headers[VersionHeader].ToString());

    /// <returns>Null: nothing is wrong.</returns>
    public static McpRefusal? Check(IHeaderDictionary headers, JsonRpcMessage message, JsonElement body)
    {
        string version = headers[VersionHeader].ToString();
        body.TryGetProperty("params", out JsonElement parameters);
        JsonElement meta = Member(parameters, "_meta");
        string? told = Text(meta, VersionKey);
        if (version.Length > 0 && !Versions.Contains(version))
        {
            return new McpRefusal(JsonRpcError.UnsupportedVersion, $"The protocol version '{version}' is not supported.", data =>
            {
                data.WriteStartArray("supported");
                foreach (string supported in Versions.Where(one => told is null || IsSessionless(one)))
                {
                    data.WriteStringValue(supported);
                }

                data.WriteEndArray();
                data.WriteString("requested", version);
            });
        }

        if (message.Kind == JsonRpcKind.Response)
        {
            return null;
        }

        if (message.Method == "initialize" && version.Length > 0 && Text(parameters, "protocolVersion") is { } wanted && wanted != version)
        {
            return Mismatch(VersionHeader, version, wanted);
        }

        return IsSessionless(version) || IsSessionless(told) ? CheckSessionless(headers, version, told, message, parameters, meta) : null;
    }

    private static McpRefusal? CheckSessionless(
        IHeaderDictionary headers, string version, string? told, JsonRpcMessage message, JsonElement parameters, JsonElement meta)
    {
        bool isRequest = message.Kind == JsonRpcKind.Request;
        if (version.Length == 0)
        {
            return Missing(VersionHeader);
        }

        if (told is null && isRequest)
        {
            return new McpRefusal(JsonRpcError.InvalidParams, $"A request of protocol version {version} must have _meta/{VersionKey}.");
        }

        if (told is not null && told != version)
        {
            return Mismatch(VersionHeader, version, told);
        }

        string method = headers[MethodHeader].ToString().Trim();
        if (method.Length == 0)
        {
            return Missing(MethodHeader);
        }

        if (method != message.Method)
        {
            return Mismatch(MethodHeader, method, message.Method);
        }

        if ((message.Method switch { "tools/call" or "prompts/get" => "name", "resources/read" => "uri", _ => null }) is { } named)
        {
            string name = headers[NameHeader].ToString().Trim();
            if (name.Length == 0)
            {
                return Missing(NameHeader);
            }

            if (Decode(name) is var decoded && decoded != Text(parameters, named))
            {
                return Mismatch(NameHeader, name, Text(parameters, named));
            }
        }

        if (isRequest && message.Method == "initialize")
        {
            return new McpRefusal(JsonRpcError.MethodNotFound, $"Protocol version {version} has no initialize.");
        }

        return isRequest && Member(meta, CapabilitiesKey).ValueKind != JsonValueKind.Object
            ? new McpRefusal(JsonRpcError.InvalidParams, $"A request of protocol version {version} must have _meta/{CapabilitiesKey}, an object.")
            : null;
    }

    /// <summary>The status that goes with a JSON-RPC error in revisions without sessions.</summary>
    public static int StatusOf(int errorCode) => errorCode switch
    {
        JsonRpcError.MethodNotFound => StatusCodes.Status404NotFound,
        JsonRpcError.HeaderMismatch or JsonRpcError.MissingCapability or JsonRpcError.UnsupportedVersion => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status200OK,
    };

    /// <summary>Versions are dates; they sort as text.</summary>
    private static bool IsSessionless(string? version) => string.CompareOrdinal(version, Sessionless) >= 0;

    private static McpRefusal Missing(string header) => new(JsonRpcError.HeaderMismatch, $"The header {header} is missing.");

    private static McpRefusal Mismatch(string header, string value, string? body) =>
        new(JsonRpcError.HeaderMismatch, $"The header {header} says '{value}', the message '{body}'.");

    /// <summary>What is not ASCII is sent as <c>=?base64?…?=</c>. Null: it is no such thing.</summary>
    private static string? Decode(string value)
    {
        if (!value.StartsWith(EncodedBegin, StringComparison.OrdinalIgnoreCase) || !value.EndsWith(EncodedEnd, StringComparison.Ordinal) ||
            value.Length < EncodedBegin.Length + EncodedEnd.Length)
        {
            return value;
        }

        byte[] bytes = new byte[value.Length];
        return Convert.TryFromBase64String(value[EncodedBegin.Length..^EncodedEnd.Length], bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    /// <summary>Undefined, if there is no such member.</summary>
    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member) ? member : default;

    private static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
