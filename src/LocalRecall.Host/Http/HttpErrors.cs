using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>A request that can't be answered otherwise; worded in the shape of its endpoint.</summary>
internal sealed class HttpFailure(int status, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>What the host said, if it was the host.</summary>
    public FailureCode? Code { get; init; }

    public int? RetryAfterMs { get; init; }

    /// <summary>The original's own word for it, where it has one.</summary>
    public string? Reason { get; init; }

    /// <summary>The field that is wrong, where the original names it.</summary>
    public string? Param { get; init; }

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

/// <summary>How a group of endpoints words its errors; metadata of its endpoints.</summary>
internal interface IErrorShape
{
    /// <summary>The original's status, where it has one of its own for this.</summary>
    int StatusOf(HttpFailure failure) => failure.Status;

    void Write(Utf8JsonWriter json, HttpFailure failure);
}

/// <summary><c>{"error": "…"}</c>: Ollama's, and ours where there is no original.</summary>
internal sealed class PlainErrors : IErrorShape
{
    public static readonly PlainErrors Instance = new();

    public void Write(Utf8JsonWriter json, HttpFailure failure)
    {
        json.WriteStartObject();
        json.WriteString("error", failure.Message);
        json.WriteEndObject();
    }
}

/// <summary><c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
internal sealed class OpenAiErrors : IErrorShape
{
    public static readonly OpenAiErrors Instance = new();

    public void Write(Utf8JsonWriter json, HttpFailure failure)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", failure.Message);
        json.WriteString("type", failure.Status < StatusCodes.Status500InternalServerError ? "invalid_request_error" : "server_error");
        json.WriteString("param", failure.Param);
        json.WriteString("code", failure.Status == StatusCodes.Status401Unauthorized ? "invalid_api_key" : failure.Reason);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary><c>{"error": "…", "error_type": "Validation"}</c>: text-embeddings-inference's.</summary>
internal sealed class TeiErrors : IErrorShape
{
    public static readonly TeiErrors Instance = new();

    public int StatusOf(HttpFailure failure) => failure.Code switch
    {
        FailureCode.Busy => StatusCodes.Status429TooManyRequests,
        FailureCode.ModelUnavailable => StatusCodes.Status424FailedDependency,
        _ => failure.Status,
    };

    public void Write(Utf8JsonWriter json, HttpFailure failure)
    {
        json.WriteStartObject();
        json.WriteString("error", failure.Code == FailureCode.Busy ? "Model is overloaded" : failure.Message);
        json.WriteString("error_type", failure.Reason ?? failure.Code switch
        {
            FailureCode.Busy => "Overloaded",
            FailureCode.Stopping => "Unhealthy",
            null when failure.Status < StatusCodes.Status500InternalServerError => "Validation",
            _ => "Backend",
        });
        json.WriteEndObject();
    }
}

internal static class HttpErrors
{
    private const int DefaultRetryAfterSeconds = 1;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with an error, in the shape of the endpoint.</summary>
    public static Task WriteErrorAsync(this HttpContext context, HttpFailure failure)
    {
        IErrorShape shape = context.GetEndpoint()?.Metadata.GetMetadata<IErrorShape>() ?? PlainErrors.Instance;
        context.Response.StatusCode = shape.StatusOf(failure);
        if (context.Response.StatusCode is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            int seconds = failure.RetryAfterMs is { } ms ? Math.Max(1, (ms + 999) / 1000) : DefaultRetryAfterSeconds;
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Json))
        {
            shape.Write(json, failure);
        }

        return context.WriteJsonAsync(body.WrittenMemory);
    }
}
