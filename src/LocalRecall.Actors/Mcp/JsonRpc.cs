using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>Between text and the SDK's messages.</summary>
internal static class JsonRpc
{
    private const int MaxDepth = 64;

    private static readonly JsonTypeInfo<JsonRpcMessage> Message = (JsonTypeInfo<JsonRpcMessage>)new JsonSerializerOptions(McpJsonUtilities.DefaultOptions)
    {
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // nothing of it ends up in a web page
    }.GetTypeInfo(typeof(JsonRpcMessage));

    /// <summary>The message, or what to answer instead.</summary>
    public static JsonRpcMessage? Read(string json, out JsonRpcError? problem)
    {
        problem = null;
        try
        {
            return JsonSerializer.Deserialize(json, Message) ?? throw new JsonException();
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            problem = Problem(json);
            return null;
        }
    }

    public static string Write(JsonRpcMessage message) => JsonSerializer.Serialize(message, Message);

    public static JsonRpcError Error(RequestId id, McpErrorCode code, string message) =>
        new() { Id = id, Error = new JsonRpcErrorDetail { Code = (int)code, Message = message } };

    /// <summary>Of a request. Null: nobody waits for an answer.</summary>
    public static RequestId? IdOf(string json) => Read(json, out JsonRpcError? problem) is JsonRpcRequest request ? request.Id : problem?.Id;

    /// <summary>Says that a request is no longer waited for.</summary>
    public static JsonRpcNotification Cancelled(RequestId id) => new()
    {
        Method = NotificationMethods.CancelledNotification,
        Params = new JsonObject { ["requestId"] = id.Id is long number ? JsonValue.Create(number) : JsonValue.Create((string?)id.Id) },
    };

    /// <summary>Of the request that such a notification is about; null: it does not say.</summary>
    public static RequestId? CancelledIdOf(JsonRpcNotification notification)
    {
        try
        {
            return notification.Params is JsonObject { } told && told["requestId"] is JsonValue id
                ? id.TryGetValue(out long number) ? new RequestId(number) : id.TryGetValue(out string? text) ? new RequestId(text) : null
                : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static JsonRpcError Problem(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.Array => Error(default, McpErrorCode.InvalidRequest, "Batches are not served; send one message at a time."),
                JsonValueKind.Object => Error(IdOf(root), McpErrorCode.InvalidRequest, "This is no JSON-RPC 2.0 message as MCP knows them."),
                _ => Error(default, McpErrorCode.InvalidRequest, "A JSON-RPC message is an object."),
            };
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Error(default, McpErrorCode.ParseError, "This is not JSON.");
        }
    }

    private static RequestId IdOf(JsonElement message) => message.TryGetProperty("id", out JsonElement id) switch
    {
        true when id.ValueKind == JsonValueKind.String => new RequestId(id.GetString()!),
        true when id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) => new RequestId(number),
        _ => default,
    };

    /// <summary>The reader has more than one way to say so: numbers out of range, broken surrogate pairs.</summary>
    private static bool IsUnreadable(Exception e) => e is JsonException or FormatException or InvalidOperationException or ArgumentException;
}
