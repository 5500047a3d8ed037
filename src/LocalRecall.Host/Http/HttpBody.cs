using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>Reads and writes JSON bodies.</summary>
internal static partial class HttpBody
{
    private const string ReplacementCharacter = @"\uFFFD";

    /// <summary>Whatever the content type; clients are careless with it, and so are the originals.</summary>
    /// <param name="mistake">What the client is told of a body that is not such a value; null: of none at all.</param>
    /// <exception cref="HttpFailure"/>
    public static async Task<T> ReadJsonAsync<T>(this HttpContext context, JsonTypeInfo<T> type, Func<JsonException?, HttpFailure> mistake)
        where T : class
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        if (body.Length == 0)
        {
            throw mistake(null);
        }

        try
        {
            return JsonSerializer.Deserialize(Mended(body.GetBuffer().AsMemory(0, (int)body.Length)).Span, type) ?? throw new JsonException("null", "$", null, null);
        }
        catch (JsonException e)
        {
            throw mistake(e);
        }
    }

    /// <summary>It is no JSON at all; else it is other JSON than was wanted.</summary>
    public static bool IsSyntaxError(this JsonException mistake) => mistake.InnerException is JsonException;

    public static Task WriteJsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.WriteJsonAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static async Task WriteJsonAsync(this HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>A text that was cut in the middle of a character is not refused: what is left of that becomes the replacement character.</summary>
    private static ReadOnlyMemory<byte> Mended(ReadOnlyMemory<byte> json)
    {
        if (Utf8.IsValid(json.Span) && json.Span.IndexOf("\\ud"u8) < 0 && json.Span.IndexOf("\\uD"u8) < 0)
        {
            return json;
        }

        return Encoding.UTF8.GetBytes(Escapes().Replace(
            Encoding.UTF8.GetString(json.Span), escape => escape.Groups["lone"].Success ? ReplacementCharacter : escape.Value));
    }

    /// <summary>Each escape of a JSON string, one after another: pairs of surrogates, lone ones, others.</summary>
    [GeneratedRegex(@"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();
}
