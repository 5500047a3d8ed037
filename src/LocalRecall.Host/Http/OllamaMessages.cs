using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalRecall.Host.Http;

/// <param name="Input">A string or several.</param>
/// <param name="Truncate">False: a text that is too long is an error.</param>
/// <param name="Dimensions">Cut to so many.</param>
internal sealed record OllamaEmbedRequest(string? Model = null, JsonElement Input = default, bool? Truncate = null, int? Dimensions = null);

/// <param name="TotalDuration">Nanoseconds, like <paramref name="LoadDuration"/>. What is 0 is left out.</param>
internal sealed record OllamaEmbedResponse(
    string Model, float[][] Embeddings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long TotalDuration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long LoadDuration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int PromptEvalCount);

internal sealed record OllamaEmbeddingsRequest(string? Model = null, string? Prompt = null);

internal sealed record OllamaEmbeddingsResponse(float[] Embedding);

internal sealed record OllamaShowRequest(string? Model = null, string? Name = null);

internal sealed record OllamaVersion(string Version);

internal sealed record OllamaList(OllamaListed[] Models);

internal sealed record OllamaListed(
    string Name, string Model, DateTimeOffset ModifiedAt, long Size, string Digest, OllamaDetails Details, string[] Capabilities);

internal sealed record OllamaProcesses(OllamaLoaded[] Models);

internal sealed record OllamaLoaded(
    string Name, string Model, long Size, string Digest, OllamaDetails Details, DateTimeOffset ExpiresAt, long SizeVram, int ContextLength);

internal sealed record OllamaDetails(
    string ParentModel, string Format, string Family, string[] Families, string ParameterSize, string QuantizationLevel, int ContextLength, int EmbeddingLength)
{
    /// <summary>Family, size and weights are those of the built-in model.</summary>
    public static OllamaDetails Of(HttpModels models, HttpModel model) =>
        new("", "onnx", "bert", ["bert"], models.Manifest.Parameters, models.Manifest.Precision.ToUpperInvariant(), models.Manifest.Info.MaxTokens, model.Width);
}

internal sealed record OllamaShown(OllamaDetails Details, Dictionary<string, JsonElement> ModelInfo, string[] Capabilities, DateTimeOffset ModifiedAt)
{
    public static OllamaShown Of(HttpModels models, HttpModel model) => new(
        OllamaDetails.Of(models, model),
        new Dictionary<string, JsonElement>
        {
            ["general.architecture"] = JsonSerializer.SerializeToElement("bert", OllamaJson.Default.String),
            ["general.basename"] = JsonSerializer.SerializeToElement(models.Manifest.Info.Id, OllamaJson.Default.String),
            ["bert.context_length"] = JsonSerializer.SerializeToElement(models.Manifest.Info.MaxTokens, OllamaJson.Default.Int32),
            ["bert.embedding_length"] = JsonSerializer.SerializeToElement(model.Width, OllamaJson.Default.Int32),
        },
        ["embedding"],
        models.ModifiedAt);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(OllamaEmbedRequest))]
[JsonSerializable(typeof(OllamaEmbedResponse))]
[JsonSerializable(typeof(OllamaEmbeddingsRequest))]
[JsonSerializable(typeof(OllamaEmbeddingsResponse))]
[JsonSerializable(typeof(OllamaShowRequest))]
[JsonSerializable(typeof(OllamaVersion))]
[JsonSerializable(typeof(OllamaList))]
[JsonSerializable(typeof(OllamaProcesses))]
[JsonSerializable(typeof(OllamaShown))]
internal sealed partial class OllamaJson : JsonSerializerContext;
