using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalRecall.Contracts.Mcp;

namespace LocalRecall.Host.Http;

/// <summary>
/// What <c>Mcp-Session-Id</c> says. The session's opening is part of it, as far as a host needs it: so the host keeps nothing, and the next
/// one goes on with the session.
/// </summary>
internal readonly record struct McpSessionId(Guid Id, string Opening)
{
    private const int GuidLength = 32;
    private const int MaxLength = 2000;
    private const int MaxNameLength = 100;

    /// <param name="initialize">A request that a host has answered.</param>
    public static McpSessionId Begin(JsonElement initialize)
    {
        JsonElement parameters = McpHttpRules.Member(initialize, "params");
        JsonElement client = McpHttpRules.Member(parameters, "clientInfo");
        var opening = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 0,
            ["method"] = "initialize",
            ["params"] = new JsonObject
            {
                ["protocolVersion"] = TextOf(parameters, "protocolVersion"),
                ["capabilities"] = new JsonObject(),
                ["clientInfo"] = new JsonObject { ["name"] = TextOf(client, "name"), ["version"] = TextOf(client, "version") },
            },
        };
        return new McpSessionId(Guid.NewGuid(), opening.ToJsonString());
    }

    /// <summary>Null: it is none of ours.</summary>
    public static McpSessionId? TryParse(string text)
    {
        if (text.Length is <= GuidLength or > MaxLength || !Guid.TryParseExact(text[..GuidLength], "N", out Guid id) || !Base64Url.IsValid(text.AsSpan(GuidLength)))
        {
            return null;
        }

        byte[] opening = Base64Url.DecodeFromChars(text.AsSpan(GuidLength));
        return JsonRpcMessage.Read(opening) is { Kind: JsonRpcKind.Request, Method: "initialize" } ? new McpSessionId(id, Encoding.UTF8.GetString(opening)) : null;
    }

    public override string ToString() => $"{Id:N}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Opening))}";

    private static string TextOf(JsonElement parent, string name)
    {
        string text = McpHttpRules.Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";
        return text.Length <= MaxNameLength ? text : text[..MaxNameLength];
    }
}
