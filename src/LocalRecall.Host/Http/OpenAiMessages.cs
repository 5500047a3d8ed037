using System.Text.Json;
using System.Text.Json.Serialization;

namespace LocalRecall.Host.Http;

/// <param name="Input">A string or several.</param>
/// <param name="EncodingFormat"><c>float</c> or <c>base64</c>: of little-endian 32-bit floats.</param>
internal sealed record OpenAiRequest(string? Model = null, JsonElement Input = default, string? EncodingFormat = null, int? Dimensions = null);

/// <typeparam name="TVector">How vectors are written: numbers, or bytes as base64.</typeparam>
internal sealed record OpenAiList<TVector>(string Object, OpenAiEmbedding<TVector>[] Data, string Model, OpenAiUsage Usage);

internal sealed record OpenAiEmbedding<TVector>(string Object, int Index, TVector Embedding);

internal sealed record OpenAiUsage(int PromptTokens, int TotalTokens);

internal sealed record OpenAiModels(string Object, OpenAiModel[] Data);

internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenAiRequest))]
[JsonSerializable(typeof(OpenAiList<byte[]>))]
[JsonSerializable(typeof(OpenAiList<float[]>))]
[JsonSerializable(typeof(OpenAiModels))]
[JsonSerializable(typeof(OpenAiModel))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
