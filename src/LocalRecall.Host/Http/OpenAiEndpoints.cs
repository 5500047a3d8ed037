using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary>OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings.</summary>
internal static class OpenAiEndpoints
{
    private const int MaxInputs = 2048;

    /// <summary>Of a text. What is longer is refused as the original does; what of the rest our model can't take is left out.</summary>
    private const int MaxTokens = 8192;

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway, HttpModels models)
    {
        RouteGroupBuilder openAi = endpoints.MapGroup("/v1").WithMetadata(OpenAiErrors.Instance);
        openAi.MapPost("/embeddings", context => EmbedAsync(context, gateway, models));
        openAi.MapGet("/models", context => context.WriteJsonAsync(
            new OpenAiModels("list", [.. models.All.Select(model => Listed(models, model))]), OpenAiJson.Default.OpenAiModels));
        openAi.MapGet("/models/{**name}", context => ShowAsync(context, models));
    }

    private static async Task EmbedAsync(HttpContext context, HttpGateway gateway, HttpModels models)
    {
        OpenAiRequest request = await context.ReadJsonAsync(OpenAiJson.Default.OpenAiRequest, Mistake).ConfigureAwait(false);
        if (string.IsNullOrEmpty(request.Model))
        {
            throw BadRequest("you must provide a model parameter");
        }

        HttpModel model = Find(models, request.Model);
        IReadOnlyList<string> input = InputOf(request.Input);
        int dimensions = DimensionsOf(request.Dimensions, model);
        bool base64 = request.EncodingFormat switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw BadRequest($"Invalid value: '{request.EncodingFormat}'. Supported values are: 'float' and 'base64'.", "encoding_format", "invalid_value"),
        };
        EmbeddedTexts embedded = await gateway.EmbedAsync(context, input, MaxTokens, text => BadRequest(
            $"This model's maximum context length is {MaxTokens} tokens, however you requested {text.Tokens} tokens ({text.Tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.")).ConfigureAwait(false);
        IEnumerable<float[]> vectors = embedded.Vectors.Select(vector => model.Fit(vector, dimensions));
        var usage = new OpenAiUsage(embedded.Tokens, embedded.Tokens);
        await (base64
            ? context.WriteJsonAsync(
                new OpenAiList<byte[]>("list", [.. vectors.Select((vector, i) => new OpenAiEmbedding<byte[]>("embedding", i, Bytes(vector)))], request.Model, usage),
                OpenAiJson.Default.OpenAiListByteArray)
            : context.WriteJsonAsync(
                new OpenAiList<float[]>("list", [.. vectors.Select((vector, i) => new OpenAiEmbedding<float[]>("embedding", i, vector))], request.Model, usage),
                OpenAiJson.Default.OpenAiListSingleArray)).ConfigureAwait(false);
    }

    private static Task ShowAsync(HttpContext context, HttpModels models) =>
        context.WriteJsonAsync(Listed(models, Find(models, context.Request.RouteValues["name"] as string ?? "")), OpenAiJson.Default.OpenAiModel);

    private static HttpModel Find(HttpModels models, string name) => models.Find(name) ??
        throw new HttpFailure(StatusCodes.Status404NotFound, $"The model `{name}` does not exist or you do not have access to it.") { Reason = "model_not_found" };

    private static OpenAiModel Listed(HttpModels models, HttpModel model) => new(model.Name, "model", models.ModifiedAt.ToUnixTimeSeconds(), "localrecall");

    private static IReadOnlyList<string> InputOf(JsonElement input)
    {
        IReadOnlyList<string> texts = input.ValueKind switch
        {
            JsonValueKind.String => [input.GetString()!],
            JsonValueKind.Array when input.GetArrayLength() > MaxInputs => throw BadRequest(
                $"Invalid 'input': array too long. Expected an array with maximum length {MaxInputs}, but got an array with length {input.GetArrayLength()} instead.", "input", "array_above_max_length"),
            JsonValueKind.Array when input.GetArrayLength() == 0 => throw BadRequest(
                "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.", "input", "empty_array"),
            JsonValueKind.Array when input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                [.. input.EnumerateArray().Select(item => item.GetString()!)],
            JsonValueKind.Array when input.EnumerateArray().All(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array) => throw BadRequest(
                "Invalid 'input': tokens are numbers of another model's vocabulary, which this one does not know. Send texts (LangChain: check_embedding_ctx_length=False).", "input", "invalid_value"),
            JsonValueKind.Undefined or JsonValueKind.Null => throw BadRequest("Missing required parameter: 'input'.", "input", "missing_required_parameter"),
            _ => throw BadRequest(
                "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.", "input"),
        };
        return texts.All(text => text.Length > 0) ? texts : throw BadRequest(
                "Invalid 'input': input cannot be an empty string.", "input", "invalid_value");
    }

    private static int DimensionsOf(int? dimensions, HttpModel model) => dimensions switch
    {
        null => 0,
        < 1 => throw BadRequest(
                $"Invalid 'dimensions': integer below minimum value. Expected a value >= 1, but got {dimensions} instead.", "dimensions", "integer_below_min_value"),
        int asked when asked > model.Width => throw BadRequest(
                string.Create(CultureInfo.InvariantCulture, $"Invalid value for 'dimensions' = {asked}. Must be less than or equal to {model.Width}."), "dimensions"),
        int asked => asked,
    };

    private static byte[] Bytes(float[] vector) => MemoryMarshal.AsBytes(vector.AsSpan()).ToArray();

    private static HttpFailure Mistake(JsonException? mistake) => BadRequest(mistake?.IsSyntaxError() == false
        ? $"'{mistake.Path}' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."
        : "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)");

    private static HttpFailure BadRequest(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message) { Param = param, Reason = code };
}
