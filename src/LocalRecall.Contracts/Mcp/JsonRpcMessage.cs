using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LocalRecall.Contracts.Mcp;

public enum JsonRpcKind
{
    /// <summary>No JSON in UTF-8.</summary>
    NoJson,

    /// <summary>JSON, but nothing that JSON-RPC 2.0 knows.</summary>
    Invalid,

    Request,
    Notification,
    Response,
}

/// <summary>What whoever carries a JSON-RPC message has to know of it. Its parameters are not looked at, only that they are JSON.</summary>
/// <param name="Id">A string or a number, as JSON; null if there is none.</param>
public readonly record struct JsonRpcMessage(JsonRpcKind Kind, string? Id, string? Method)
{
    private static ReadOnlySpan<byte> IdName => "\"id\""u8;

    public static JsonRpcMessage Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return default;
        }

        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.TrySkip();
                return new JsonRpcMessage(reader.Read() ? JsonRpcKind.NoJson : JsonRpcKind.Invalid, null, null);
            }

            Members found = MembersOf(ref reader);
            return reader.Read() ? default : new JsonRpcMessage(found.Kind, found.Id, found.Method);
        }
        catch (JsonException)
        {
            return default;
        }
        catch (InvalidOperationException)
        {
            return new JsonRpcMessage(JsonRpcKind.Invalid, null, null); // broken surrogate pairs
        }
    }

    /// <summary>As much as can be said of a message of which only a piece from its beginning and one from its end are there.</summary>
    public static JsonRpcMessage ReadPieces(ReadOnlySpan<byte> beginning, ReadOnlySpan<byte> end)
    {
        var found = default(Members);
        var reader = new Utf8JsonReader(beginning, isFinalBlock: false, default);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                found = MembersOf(ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What was found before counts.
        }

        found.Id ??= LastMember(end);
        JsonRpcKind kind = found.IsAnswer ? JsonRpcKind.Response
            : found.Id is not null ? JsonRpcKind.Request
            : found.Method?.StartsWith("notifications/", StringComparison.Ordinal) == true ? JsonRpcKind.Notification
            : JsonRpcKind.Invalid;
        return new JsonRpcMessage(kind, found.Id, found.Method);
    }

    /// <param name="reader">Behind the object's begin; afterwards at its end, or where the piece ends.</param>
    private static Members MembersOf(ref Utf8JsonReader reader)
    {
        var found = default(Members);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isId = reader.ValueTextEquals("id"u8);
            bool isMethod = reader.ValueTextEquals("method"u8);
            found.IsAnswer |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
            if (!reader.Read())
            {
                return found;
            }

            if (isId)
            {
                (found.Id, found.IsWrong) = reader.TokenType switch
                {
                    JsonTokenType.String => ($"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"", found.IsWrong),
                    JsonTokenType.Number => (Encoding.UTF8.GetString(reader.ValueSpan), found.IsWrong),
                    _ => (null, true),
                };
            }
            else if (isMethod)
            {
                (found.Method, found.IsWrong) = reader.TokenType == JsonTokenType.String ? (reader.GetString(), found.IsWrong) : (null, true);
            }

            if (!reader.TrySkip())
            {
                return found;
            }
        }

        return found;
    }

    /// <summary>The id, if it is what the object ends with, as many clients write it.</summary>
    private static string? LastMember(ReadOnlySpan<byte> end)
    {
        end = end.TrimEnd(" \t\r\n"u8);
        int at = end.LastIndexOf(IdName);
        if (at < 0)
        {
            return null;
        }

        // With a begin put before it, it is an object of its own, if what follows the name is one value and the end.
        return Read([.. "{"u8, .. end[at..]]).Id;
    }

    private struct Members
    {
        public string? Id;
        public string? Method;
        public bool IsAnswer;
        public bool IsWrong;

        public readonly JsonRpcKind Kind =>
            IsAnswer && Method is null ? JsonRpcKind.Response
            : IsWrong || Method is null ? JsonRpcKind.Invalid
            : Id is null ? JsonRpcKind.Notification
            : JsonRpcKind.Request;
    }
}
