using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary>What Ollama serves to those who want vectors: https://github.com/ollama/ollama/blob/main/docs/api.md, api/types.go, server/routes.go.</summary>
internal static partial class OllamaEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway, HttpModels models)
    {
        RouteGroupBuilder ollama = endpoints.MapGroup("").WithMetadata(OpenOnOllamaPort.Instance, PlainErrors.Instance);
        ollama.MapMethods("/", GetAndHead, context => context.Response.WriteAsync("Ollama is running", context.RequestAborted));
        ollama.MapMethods("/api/version", GetAndHead, context => context.WriteJsonAsync(new OllamaVersion(HostIdentity.Version), OllamaJson.Default.OllamaVersion));
        ollama.MapMethods("/api/tags", GetAndHead, context => context.WriteJsonAsync(Tags(models), OllamaJson.Default.OllamaList));
        ollama.MapGet("/api/ps", context => PsAsync(context, gateway, models));
        ollama.MapPost("/api/show", context => ShowAsync(context, models));
        ollama.MapPost("/api/embed", context => EmbedAsync(context, gateway, models));
        ollama.MapPost("/api/embeddings", context => EmbeddingsAsync(context, gateway, models));
    }

    private static async Task EmbedAsync(HttpContext context, HttpGateway gateway, HttpModels models)
    {
        long start = Stopwatch.GetTimestamp();
        OllamaEmbedRequest request = await context.ReadJsonAsync(OllamaJson.Default.OllamaEmbedRequest, Mistake).ConfigureAwait(false);
        string name = request.Model ?? "";
        if (!ModelName().IsMatch(name))
        {
            throw NotFound($"model '{name}' not found");
        }

        IReadOnlyList<string> input = InputOf(request.Input);
        HttpModel model = models.Find(name) ?? throw NotFound($"model \"{name}\" not found, try pulling it first");
        long loaded = Stopwatch.GetTimestamp();
        EmbeddedTexts embedded = await gateway.EmbedAsync(
            context, input, request.Truncate ?? true ? 0 : models.Manifest.Info.MaxTokens, _ => BadRequest("the input length exceeds the context length")).ConfigureAwait(false);
        float[][] vectors = [.. embedded.Vectors.Select(vector => model.Fit(vector, request.Dimensions ?? 0))];
        OllamaEmbedResponse response = input.Count == 0
            ? new OllamaEmbedResponse(name, [], 0, 0, 0)
            : new OllamaEmbedResponse(name, vectors, NanosecondsSince(start), Nanoseconds(Stopwatch.GetElapsedTime(start, loaded)), embedded.Tokens);
        await context.WriteJsonAsync(response, OllamaJson.Default.OllamaEmbedResponse).ConfigureAwait(false);
    }

    /// <summary>The older way: one text, cut if it is too long.</summary>
    private static async Task EmbeddingsAsync(HttpContext context, HttpGateway gateway, HttpModels models)
    {
        OllamaEmbeddingsRequest request = await context.ReadJsonAsync(OllamaJson.Default.OllamaEmbeddingsRequest, Mistake).ConfigureAwait(false);
        string name = request.Model ?? "";
        if (!ModelName().IsMatch(name))
        {
            throw BadRequest("model is required");
        }

        HttpModel model = models.Find(name) ?? throw NotFound($"model \"{name}\" not found, try pulling it first");
        string[] input = string.IsNullOrEmpty(request.Prompt) ? [] : [request.Prompt];
        EmbeddedTexts embedded = await gateway.EmbedAsync(context, input, maxTokens: 0, TextTooLongNever).ConfigureAwait(false);
        float[] vector = embedded.Vectors is [var only] ? model.Fit(only) : [];
        await context.WriteJsonAsync(new OllamaEmbeddingsResponse(vector), OllamaJson.Default.OllamaEmbeddingsResponse).ConfigureAwait(false);
    }

    private static OllamaList Tags(HttpModels models) => new(
    [
        .. models.All.Select(model => new OllamaListed(
            HttpModels.WithTag(model.Name), HttpModels.WithTag(model.Name), models.ModifiedAt, models.SizeBytes, models.Digest,
            OllamaDetails.Of(models, model), ["embedding"])),
    ]);

    /// <summary>All names of the model, if it is in memory.</summary>
    private static async Task PsAsync(HttpContext context, HttpGateway gateway, HttpModels models)
    {
        HostStatus status = await gateway.StatusAsync(context).ConfigureAwait(false);
        DateTimeOffset expiresAt = gateway.Time.GetUtcNow() + gateway.Settings.IdleUnload;
        IEnumerable<OllamaLoaded> loaded = status.Model.State == "ready"
            ? models.All.Select(model => new OllamaLoaded(
                HttpModels.WithTag(model.Name), HttpModels.WithTag(model.Name), models.SizeBytes, models.Digest, OllamaDetails.Of(models, model),
                expiresAt, SizeVram: 0, models.Manifest.Info.MaxTokens))
            : [];
        await context.WriteJsonAsync(new OllamaProcesses([.. loaded]), OllamaJson.Default.OllamaProcesses).ConfigureAwait(false);
    }

    private static async Task ShowAsync(HttpContext context, HttpModels models)
    {
        OllamaShowRequest request = await context.ReadJsonAsync(OllamaJson.Default.OllamaShowRequest, Mistake).ConfigureAwait(false);
        if ((string.IsNullOrEmpty(request.Model) ? request.Name : request.Model) is not { Length: > 0 } name)
        {
            throw BadRequest("model is required");
        }

        HttpModel model = models.Find(name) ?? throw NotFound($"model '{name}' not found");
        await context.WriteJsonAsync(OllamaShown.Of(models, model), OllamaJson.Default.OllamaShown).ConfigureAwait(false);
    }

    private static IReadOnlyList<string> InputOf(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => input.GetString() is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Array when input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. input.EnumerateArray().Select(item => item.GetString()!)],
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => throw BadRequest("invalid input type"),
    };

    private static HttpFailure Mistake(JsonException? mistake) => BadRequest(
        mistake is null ? "missing request body" : mistake.IsSyntaxError() ? $"invalid JSON: {mistake.Message}" : $"invalid value at {mistake.Path}");

    private static HttpFailure TextTooLongNever(TextTooLong text) => throw new InvalidOperationException($"No limit was set for {text}.");

    private static HttpFailure BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    private static HttpFailure NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    private static long NanosecondsSince(long start) => Nanoseconds(Stopwatch.GetElapsedTime(start));

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>What may be a name at all: <c>host/namespace/model:tag</c>.</summary>
    [GeneratedRegex(@"^([\w.:-]+/)?([\w-]+/)?[A-Za-z0-9][\w.-]*(:\w[\w.-]*)?$", RegexOptions.ECMAScript)]
    private static partial Regex ModelName();
}
