using System.Text.Json;
using System.Text.Json.Serialization;
using LocalRecall.Core.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary>
/// Hugging Face's text-embeddings-inference: https://github.com/huggingface/text-embeddings-inference, router/src/http. Its
/// <c>/health</c> is the one of <see cref="HealthEndpoints"/>.
/// </summary>
internal static class TeiEndpoints
{
    private const int MaxBatch = 32;
    private const long MaxPayloadBytes = 2_000_000;

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway, HttpModels models)
    {
        RouteGroupBuilder tei = endpoints.MapGroup("").WithMetadata(TeiErrors.Instance, PayloadLimit.Instance);
        tei.MapPost("/embed", context => EmbedAsync(context, gateway, models));
        tei.MapGet("/info", context => context.WriteJsonAsync(InfoOf(gateway, models), TeiJson.Default.TeiInfo));
    }

    private static async Task EmbedAsync(HttpContext context, HttpGateway gateway, HttpModels models)
    {
        TeiRequest request = await context.ReadJsonAsync(TeiJson.Default.TeiRequest, Mistake).ConfigureAwait(false);
        ModelInfo info = models.Manifest.Info;
        IReadOnlyList<string> inputs = InputsOf(request.Inputs);
        if (request.PromptName is { } prompt)
        {
            throw Invalid($"`default-prompt-name` is set to `{prompt}` but no prompts were found in the Sentence Transformers configuration");
        }

        if (!request.Normalize)
        {
            throw Invalid("`normalize` must be true: this model's vectors are unit vectors");
        }

        if (request.Dimensions is < 1)
        {
            throw Invalid("`dimensions` should be positive");
        }

        if (request.Dimensions > info.Dimensions)
        {
            throw Invalid("`dimensions` should be smaller than the maximum embedding dimension.");
        }

        if (request.TruncationDirection is not (null or "Right" or "right"))
        {
            throw Invalid("`truncation_direction` must be right: what is too long is cut at its end");
        }

        EmbeddedTexts embedded = await gateway.EmbedAsync(
            context, inputs, request.Truncate ?? true ? 0 : info.MaxTokens,
            text => Invalid($"`inputs` must have less than {info.MaxTokens} tokens. Given: {text.Tokens}")).ConfigureAwait(false);
        var model = new HttpModel(info.Id, info.Dimensions);
        await context.WriteJsonAsync([.. embedded.Vectors.Select(vector => model.Fit(vector, request.Dimensions ?? 0))], TeiJson.Default.SingleArrayArray).ConfigureAwait(false);
    }

    private static TeiInfo InfoOf(HttpGateway gateway, HttpModels models) => new(
        models.Manifest.Files.Id, models.Manifest.Files.Revision, models.Manifest.Precision, models.Manifest.Files.Id, new TeiModelType(new TeiPooling("mean")),
        gateway.Settings.MaxConnections, models.Manifest.Info.MaxTokens, MaxBatch * models.Manifest.Info.MaxTokens, MaxBatchRequests: null, MaxBatch,
        AutoTruncate: true, Environment.ProcessorCount, HostIdentity.Version, Sha: null, DockerLabel: null);

    private static IReadOnlyList<string> InputsOf(JsonElement inputs)
    {
        if (inputs.ValueKind == JsonValueKind.String)
        {
            return [inputs.GetString()!];
        }

        if (inputs.ValueKind != JsonValueKind.Array)
        {
            throw Mistake(new JsonException("data did not match any variant of untagged enum Input"));
        }

        int count = inputs.GetArrayLength();
        return count == 0 ? throw new HttpFailure(StatusCodes.Status400BadRequest, "`inputs` cannot be empty") { Reason = "Empty" }
            : inputs.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String) ? throw Invalid("`inputs` must be texts: this model takes no token ids")
            : count > MaxBatch ? throw new HttpFailure(StatusCodes.Status422UnprocessableEntity, $"batch size {count} > maximum allowed batch size {MaxBatch}")
            : [.. inputs.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>No JSON is a bad request, other JSON than is wanted one that can't be processed.</summary>
    private static HttpFailure Mistake(JsonException? mistake) => mistake?.IsSyntaxError() == false
        ? new HttpFailure(StatusCodes.Status422UnprocessableEntity, $"Failed to deserialize the JSON body into the target type: {mistake.Path ?? mistake.Message}")
        : new HttpFailure(StatusCodes.Status400BadRequest, $"Failed to parse the request body as JSON: {mistake?.Message ?? "EOF while parsing a value"}");

    private static HttpFailure Invalid(string message) => new(StatusCodes.Status422UnprocessableEntity, $"Input validation error: {message}");

    private sealed class PayloadLimit : IRequestSizeLimitMetadata
    {
        public static readonly PayloadLimit Instance = new();

        public long? MaxRequestBodySize => MaxPayloadBytes;
    }
}

/// <param name="Inputs">A string or several.</param>
/// <param name="Truncate">False: a text that is too long is an error.</param>
internal sealed record TeiRequest(
    JsonElement Inputs = default, bool Normalize = true, bool? Truncate = null, string? TruncationDirection = null, string? PromptName = null, int? Dimensions = null);

internal sealed record TeiInfo(
    string ModelId, string? ModelSha, string ModelDtype, string ServedModelName, TeiModelType ModelType, int MaxConcurrentRequests, int MaxInputLength,
    int MaxBatchTokens, int? MaxBatchRequests, int MaxClientBatchSize, bool AutoTruncate, int TokenizationWorkers, string Version, string? Sha, string? DockerLabel);

internal sealed record TeiModelType(TeiPooling Embedding);

internal sealed record TeiPooling(string Pooling);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TeiRequest))]
[JsonSerializable(typeof(TeiInfo))]
[JsonSerializable(typeof(float[][]))]
internal sealed partial class TeiJson : JsonSerializerContext;
