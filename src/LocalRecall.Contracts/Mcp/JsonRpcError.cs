using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Mcp;

/// <summary>Answers that say why there is no other.</summary>
public static class JsonRpcError
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;

    /// <summary>MCP's own, from revision 2026-07-28 on; so are the next two.</summary>
    public const int HeaderMismatch = -32020;

    public const int MissingCapability = -32021;
    public const int UnsupportedVersion = -32022;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="id">As JSON; null where it is not known.</param>
    /// <returns>A JSON-RPC response on one line, with the failure's name as <c>error.data.code</c>.</returns>
    public static string Of(string? id, FailureCode code, string message) =>
        Of(id, code is FailureCode.TooLarge or FailureCode.BadRequest ? InvalidRequest : InternalError, message, data => data.WriteString("code", code.ToName()));

    /// <inheritdoc cref="Of(string?, FailureCode, string)"/>
    /// <param name="data">Writes the members of <c>error.data</c>; null: there is none.</param>
    public static string Of(string? id, int code, string message, Action<Utf8JsonWriter>? data = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WritePropertyName("id");
            json.WriteRawValue(id ?? "null", skipInputValidation: true);
            json.WriteStartObject("error");
            json.WriteNumber("code", code);
            json.WriteString("message", message);
            if (data is not null)
            {
                json.WriteStartObject("data");
                data(json);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
