using System.Text.Json;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Infrastructure.Models;

/// <summary>All there is to know of a model: its files, where they come from, and how to use them.</summary>
/// <param name="ModelPath">The ONNX file, relative to the model's folder; its weights may lie beside it.</param>
/// <param name="VocabularyPath">The WordPiece vocabulary, relative to the model's folder.</param>
/// <param name="Int8Of">The model with 4-bit weights that this one is made from on this machine; null: it is fetched.</param>
public sealed record ModelManifest(PinnedSet Files, ModelInfo Info, string ModelPath, string VocabularyPath, ModelManifest? Int8Of = null)
{
    /// <summary>all-MiniLM-L6-v2 with 4-bit weights: 384 dimensions, 55 MB.</summary>
    public static ModelManifest BuiltIn { get; } = ReadBuiltIn("all-MiniLM-L6-v2-q4");

    /// <summary>The same with int8 weights, made from it: 24 MB.</summary>
    public static ModelManifest Int8 { get; } = ReadBuiltIn("all-MiniLM-L6-v2-int8");

    /// <summary>The first is in force unless something else was chosen.</summary>
    public static IReadOnlyList<ModelManifest> AllBuiltIn { get; } = [BuiltIn, Int8];

    /// <summary>Number of parameters and their format, where clients ask for them ("23M", "q4"); empty: not said.</summary>
    public string Parameters { get; init; } = "";

    public string Precision { get; init; } = "";

    /// <summary>What was made from another model lost nothing in the evaluation.</summary>
    public bool Approved { get; init; }

    /// <summary>Reads a manifest from a file; see <see cref="Parse"/>.</summary>
    /// <exception cref="JsonException"/>
    public static ModelManifest Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return Parse(json.RootElement);
    }

    /// <summary>Reads a manifest: a <see cref="PinnedSet"/> with the model's properties.</summary>
    /// <exception cref="JsonException">It is not one, or it asks for something that is not supported.</exception>
    public static ModelManifest Parse(JsonElement json)
    {
        var files = PinnedSet.Parse(json);
        try
        {
            if (json.GetProperty("pooling").GetString() is var pooling and not "mean")
                throw new JsonException($"Pooling '{pooling}' is not supported, only 'mean'.");
            return new ModelManifest(
                files,
                new ModelInfo(
                    $"{files.Id}@{files.Revision}",
                    json.GetProperty("dimensions").GetInt32(),
                    json.GetProperty("maxTokens").GetInt32(),
                    json.GetProperty("queryPrefix").GetString()!,
                    json.GetProperty("documentPrefix").GetString()!,
                    json.GetProperty("scoreFloor").GetSingle(),
                    json.TryGetProperty("calibration", out JsonElement calibration) ? CalibrationOf(calibration) : Calibration.Default),
                json.GetProperty("model").GetString()!,
                json.GetProperty("vocabulary").GetString()!,
                json.TryGetProperty("int8Of", out var source) ? Source(source.GetString()) : null)
            {
                Parameters = json.TryGetProperty("parameters", out var parameters) ? parameters.GetString()! : "",
                Approved = json.TryGetProperty("approved", out var approved) && approved.GetBoolean(),
                Precision = json.TryGetProperty("precision", out var precision) ? precision.GetString()! : "",
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("Not a model manifest: " + e.Message, e);
        }
    }

    private static ModelManifest Source(string? id) => id == BuiltIn.Files.Id ? BuiltIn : throw new JsonException($"There is no model '{id}' to make another one from.");

    private static Calibration CalibrationOf(JsonElement json) => new(
        json.GetProperty("intercept").GetDouble(),
        json.GetProperty("cosine").GetDouble(),
        json.GetProperty("terms").GetDouble(),
        json.GetProperty("names").GetDouble(),
        json.GetProperty("subject").GetDouble());

    private static ModelManifest ReadBuiltIn(string name)
    {
        using var resource = typeof(ModelManifest).Assembly.GetManifestResourceStream(name + ".json")!;
        using var json = JsonDocument.Parse(resource);
        return Parse(json.RootElement);
    }
}
