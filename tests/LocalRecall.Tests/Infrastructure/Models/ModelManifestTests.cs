using System.Text.Json;
using System.Text.Json.Nodes;
using LocalRecall.Build;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Models;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Models;

[Collection(ModelCollection.Name)]
public sealed class ModelManifestTests(ModelFixture model)
{
    private const string Valid = """
        {
          "id": "m", "revision": "r", "model": "m.onnx", "vocabulary": "vocab.txt", "dimensions": 8, "maxTokens": 16,
          "pooling": "mean", "queryPrefix": "query: ", "documentPrefix": "passage: ", "scoreFloor": 0.5, "sources": [], "files": []
        }
        """;

    [Fact]
    public void Says_how_a_model_is_used()
    {
        var manifest = ModelManifest.Parse(JsonDocument.Parse(Valid).RootElement);

        Assert.Equal(new ModelInfo("m@r", 8, 16, "query: ", "passage: ", 0.5f, Calibration.Default), manifest.Info);
        Assert.Equal("query: ", manifest.Info.PrefixFor(EmbeddingPurpose.Query));
        Assert.Equal(("m.onnx", "vocab.txt"), (manifest.ModelPath, manifest.VocabularyPath));
    }

    [Fact]
    public void A_calibration_is_the_models_own()
    {
        var json = JsonNode.Parse(Valid)!;
        json["calibration"] = new JsonObject { ["intercept"] = -1, ["cosine"] = 2, ["terms"] = 3, ["names"] = 4, ["subject"] = 5 };
        Assert.Equal(new Calibration(-1, 2, 3, 4, 5), ModelManifest.Parse(json.Deserialize<JsonElement>()).Info.Calibration);

        json["calibration"]!.AsObject().Remove("names");
        Assert.Throws<JsonException>(() => ModelManifest.Parse(json.Deserialize<JsonElement>()));
    }

    [Fact]
    public void A_pooling_that_is_not_supported_is_refused()
    {
        var json = JsonNode.Parse(Valid)!;
        json["pooling"] = "cls";

        Assert.Contains("cls", Assert.Throws<JsonException>(() => ModelManifest.Parse(json.Deserialize<JsonElement>())).Message);
    }

    [Theory]
    [InlineData("dimensions")]
    [InlineData("maxTokens")]
    [InlineData("pooling")]
    [InlineData("scoreFloor")]
    [InlineData("model")]
    public void A_manifest_without_a_property_is_refused(string property)
    {
        var json = JsonNode.Parse(Valid)!.AsObject();
        json.Remove(property);

        Assert.Throws<JsonException>(() => ModelManifest.Parse(json.Deserialize<JsonElement>()));
    }

    [Fact]
    public void The_built_in_model_is_the_one_that_is_there()
    {
        Assert.True(PinnedDownload.IsComplete(ModelManifest.BuiltIn.Files, model.Folder));
        Assert.Equal(384, ModelManifest.BuiltIn.Info.Dimensions);
        Assert.Contains(ModelManifest.BuiltIn.Files.Files, file => file.Path == ModelManifest.BuiltIn.ModelPath);
        Assert.Contains(ModelManifest.BuiltIn.Files.Files, file => file.Path == ModelManifest.BuiltIn.VocabularyPath);
    }

    [Fact]
    public async Task A_model_from_a_local_folder_lands_below_its_id()
    {
        using var root = new TempFolder();
        var provisioner = new ModelProvisioner(root.Path);
        // The weights are left out to keep this quick.
        var small = ModelManifest.BuiltIn.Files.Files.Where(file => file.Bytes < 1_000_000).ToList();
        var manifest = ModelManifest.BuiltIn with { Files = ModelManifest.BuiltIn.Files with { Files = small, Sources = [] } };

        var folder = await provisioner.EnsureAsync(manifest, localFolder: model.Folder);

        Assert.Equal(root["all-MiniLM-L6-v2-q4"], folder);
        Assert.True(PinnedDownload.IsComplete(manifest.Files, folder));
    }

    [Fact]
    public void What_the_build_downloads_is_pinned()
    {
        var targets = PinnedTarget.ReadAll(ModelFixture.ProjectRoot());

        Assert.Contains(targets, target => target.Set.Id == ModelManifest.BuiltIn.Files.Id && target.StandIn is null);
        Assert.Contains(targets, target => target.StandIn == "Microsoft.ML.OnnxRuntime");
        Assert.All(targets.SelectMany(target => target.Set.Files), file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
        Assert.All(targets, target => Assert.StartsWith(Path.Combine(ModelFixture.ProjectRoot(), "artifacts"), target.Folder));
    }
}
