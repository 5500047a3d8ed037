using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Mcp.Tools;

/// <summary>What tools answer: one JSON object as text.</summary>
internal static class ToolJson
{
    /// <summary>Of a text within the answer that carries it; the rest is for what is around it.</summary>
    private const int MaxTextBytes = WireLimits.MaxMessageBytes - 4096;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string Failure(RecallFailedException failure) => Write(json =>
    {
        json.WriteString("code", failure.Code.ToName());
        json.WriteString("message", failure.Message);
        if (failure.RetryAfterMs is { } retryAfterMs)
        {
            json.WriteNumber("retry_after_ms", retryAfterMs);
        }
    });

    /// <summary>What was done to a memory.</summary>
    public static string Done(Guid id, string message, Action<Utf8JsonWriter>? more = null) => Write(json =>
    {
        json.WriteBoolean("success", true);
        json.WriteString("id", id);
        json.WriteString("message", message);
        more?.Invoke(json);
    });

    public static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>Whether it fits the message that carries it, where it is a JSON string.</summary>
    public static bool Fits(string text) => JsonEncodedText.Encode(text, Options.Encoder).EncodedUtf8Bytes.Length <= MaxTextBytes;

    /// <summary>The text with as much from the beginning of a content as fits.</summary>
    /// <param name="textOf">Makes it of a part of the content.</param>
    public static string Longest(string content, int maxChars, Func<string, string> textOf)
    {
        for (int chars = Math.Min(content.Length, maxChars); ; chars /= 2)
        {
            bool isTorn = chars > 0 && chars < content.Length && char.IsHighSurrogate(content[chars - 1]);
            string text = textOf(content[..(isTorn ? chars - 1 : chars)]);
            if (chars == 0 || Fits(text))
            {
                return text;
            }
        }
    }
}
