using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using LocalRecall.Contracts.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Carried = LocalRecall.Contracts.Mcp.JsonRpcMessage;
using CarriedError = LocalRecall.Contracts.Mcp.JsonRpcError;
using JsonRpcMessage = ModelContextProtocol.Protocol.JsonRpcMessage;

namespace LocalRecall.Actors.Mcp;

/// <summary>Between text and the SDK's messages.</summary>
internal static class JsonRpc
{
    /// <summary>From this revision on there is no handshake.</summary>
    public const string FirstStateless = "2026-07-28";

    private static readonly JsonTypeInfo<JsonRpcMessage> Message = (JsonTypeInfo<JsonRpcMessage>)new JsonSerializerOptions(McpJsonUtilities.DefaultOptions)
    {
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // nothing of it ends up in a web page
    }.GetTypeInfo(typeof(JsonRpcMessage));

    /// <summary>The message, or null and what to answer instead.</summary>
    public static JsonRpcMessage? Read(string json, out string problem)
    {
        problem = "";
        try
        {
            if (JsonSerializer.Deserialize(json, Message) is { } message)
            {
                return message;
            }
        }
        catch (Exception e) when (IsUnreadable(e))
        {
        }

        Carried carried = Carried.Read(Encoding.UTF8.GetBytes(json));
        problem = carried.Kind == JsonRpcKind.NoJson
            ? CarriedError.Of(null, CarriedError.ParseError, "This is not JSON, or nested too deeply.")
            : CarriedError.Of(carried.Id, CarriedError.InvalidRequest, "This is no message of MCP: one JSON-RPC 2.0 object, its id a string or an integer.");
        return null;
    }

    public static string Write(JsonRpcMessage message) => JsonSerializer.Serialize(message, Message);

    /// <summary>Whether it is of the revisions without a handshake, where each request says which one it is of.</summary>
    public static bool IsStateless(JsonRpcRequest request)
    {
        try
        {
            return request.Params is JsonObject parameters && parameters["_meta"] is JsonObject meta
                && meta[MetaKeys.ProtocolVersion] is JsonValue value && value.TryGetValue(out string? revision)
                && string.CompareOrdinal(revision, FirstStateless) >= 0;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return false;
        }
    }

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
            return notification.Params is JsonObject told && told["requestId"] is JsonValue id
                ? id.TryGetValue(out long number) ? new RequestId(number) : id.TryGetValue(out string? text) ? new RequestId(text) : null
                : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>The reader has more than one way to say so: numbers out of range, broken surrogate pairs.</summary>
    private static bool IsUnreadable(Exception e) => e is JsonException or FormatException or InvalidOperationException or ArgumentException;
}
