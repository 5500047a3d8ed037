using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>How a group of endpoints words its errors; metadata of its endpoints.</summary>
internal interface IErrorShape
{
    /// <param name="failure">What the host said, if it was the host.</param>
    void Write(Utf8JsonWriter json, int status, string message, FailureCode? failure);
}

/// <summary><c>{"error": "…"}</c>: Ollama's, and ours where there is no original.</summary>
internal sealed class PlainErrors : IErrorShape
{
    public static readonly PlainErrors Instance = new();

    public void Write(Utf8JsonWriter json, int status, string message, FailureCode? failure)
    {
        json.WriteStartObject();
        json.WriteString("error", message);
        json.WriteEndObject();
    }
}

/// <summary>A request that can't be answered otherwise; worded in the shape of its endpoint.</summary>
internal sealed class HttpFailure(int status, string message) : Exception(message)
{
    public int Status => status;

    public FailureCode? Code { get; init; }

    public int? RetryAfterMs { get; init; }

    /// <summary>What the host refused.</summary>
    public static HttpFailure Of(Failure failure) => new(StatusOf(failure.Code), failure.Message)
    {
        Code = failure.Code, RetryAfterMs = failure.RetryAfterMs,
    };

    private static int StatusOf(FailureCode code) => code switch
    {
        FailureCode.BadRequest => StatusCodes.Status400BadRequest,
        FailureCode.NotFound => StatusCodes.Status404NotFound,
        FailureCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        FailureCode.Busy or FailureCode.ModelUnavailable or FailureCode.StoreUnavailable or FailureCode.Stopping => StatusCodes.Status503ServiceUnavailable,
        FailureCode.Expired => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}

internal static class HttpErrors
{
    private const int DefaultRetryAfterSeconds = 1;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with an error, in the shape of the endpoint.</summary>
    public static Task WriteErrorAsync(this HttpContext context, int status, string message, FailureCode? failure = null, int? retryAfterMs = null)
    {
        IErrorShape shape = context.GetEndpoint()?.Metadata.GetMetadata<IErrorShape>() ?? PlainErrors.Instance;
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            int seconds = retryAfterMs is { } ms ? Math.Max(1, (ms + 999) / 1000) : DefaultRetryAfterSeconds;
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.WriteJsonAsync(json => shape.Write(json, status, message, failure));
    }

    /// <summary>Answers with one JSON value.</summary>
    public static async Task WriteJsonAsync(this HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Json))
        {
            write(json);
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
