using System.Text.Json.Nodes;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Models;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Models;

public sealed class ModelCatalogTests : IDisposable
{
    private static readonly string BuiltIn = ModelManifest.BuiltIn.Info.Id;

    private readonly TempFolder _home = new();

    private ModelCatalog Open() => new(_home.Path, new ModelProvisioner(_home["files"]));

    /// <summary>A manifest of one file, whose content is its hash's preimage "x".</summary>
    private string WriteManifest(string file, string id, params (string Name, JsonNode? Value)[] other)
    {
        var json = new JsonObject
        {
            ["id"] = id, ["revision"] = "1", ["model"] = "model.onnx", ["vocabulary"] = "vocab.txt", ["dimensions"] = 32, ["maxTokens"] = 128,
            ["pooling"] = "mean", ["queryPrefix"] = "query: ", ["documentPrefix"] = "passage: ", ["scoreFloor"] = 0.2,
            ["sources"] = new JsonArray(new JsonObject { ["folder"] = _home["local"] }),
            ["files"] = new JsonArray(new JsonObject { ["path"] = "vocab.txt", ["bytes"] = 1, ["sha256"] = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" }),
        };
        foreach ((string name, JsonNode? value) in other)
            json[name] = value;
        string path = _home["models", file];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, json.ToJsonString());
        return path;
    }

    [Fact]
    public void The_last_check_is_remembered_for_this_machine()
    {
        var check = new FormCheck(BuiltIn, ModelManifest.Int8.Info.Id, 8, 4, 2, 0.99, 276);
        Assert.Null(Open().LastCheck);

        Open().Record(check);

        Assert.Equal(check, Open().LastCheck);
        string file = _home["model-check.json"];
        File.WriteAllText(file, File.ReadAllText(file).Replace(Environment.MachineName, "another-machine"));
        Assert.Null(Open().LastCheck);
        File.WriteAllText(file, "{");
        Assert.Null(Open().LastCheck);
    }

    [Fact]
    public void The_int8_form_is_known_as_one_of_the_built_in_model()
    {
        CatalogModel form = Assert.Single(Open().List(), model => model.FormOf is not null);

        Assert.Equal((ModelManifest.Int8.Info.Id, BuiltIn), (form.Info.Id, form.FormOf));
    }

    [Fact]
    public void It_is_not_the_standard_any_more_once_something_was_recorded()
    {
        Assert.True(Open().IsStandard);

        Open().Record(generations => generations.Flip(ModelManifest.Int8.Info.Id));

        Assert.False(Open().IsStandard);
    }

    [Fact]
    public void The_built_in_model_is_in_force_where_nothing_was_chosen()
    {
        ModelCatalog catalog = Open();

        Assert.Equal(new ModelGenerations(BuiltIn), catalog.Generations);
        Assert.Equal(ModelManifest.AllBuiltIn.Select(model => model.Files.Id).Order(StringComparer.Ordinal), catalog.List().Select(model => model.Name));
        Assert.Same(catalog.Find(BuiltIn), catalog.Find(ModelManifest.BuiltIn.Files.Id));
        Assert.Null(catalog.Find("nonsense"));
        Assert.Empty(catalog.Problems);
    }

    [Fact]
    public async Task A_manifest_that_is_put_there_counts_from_then_on()
    {
        ModelCatalog catalog = Open();
        Assert.Null(catalog.Find("mine"));
        WriteManifest("mine.json", "mine");
        Directory.CreateDirectory(_home["local"]);
        File.WriteAllText(_home["local", "vocab.txt"], "x");

        Assert.Equal(new ModelInfo("mine@1", 32, 128, "query: ", "passage: ", 0.2f, Calibration.Default), catalog.Find("mine")!.Model);
        Assert.False(catalog.List().Single(model => model.Name == "mine").Provisioned);
        await catalog.ProvisionAsync("mine@1", null, default);
        Assert.Equal(("mine", true, 1L), catalog.List().Where(model => model.Name == "mine").Select(model => (model.Name, model.Provisioned, model.SizeBytes)).Single());
    }

    [Fact]
    public async Task Files_that_can_not_be_had_are_said_to_be_so()
    {
        WriteManifest("mine.json", "mine");
        ModelCatalog catalog = Open();

        EmbeddingException e = await Assert.ThrowsAsync<EmbeddingException>(() => catalog.ProvisionAsync("mine@1", null, default));
        Assert.Contains("vocab.txt", e.Message);
    }

    [Fact]
    public void What_can_not_be_used_is_named_with_its_file_and_does_no_harm()
    {
        File.WriteAllText(WriteManifest("broken.json", "broken"), "{");
        WriteManifest("cls.json", "cls", ("pooling", "cls"));
        WriteManifest("relative.json", "relative", ("sources", new JsonArray(new JsonObject { ["folder"] = "here" })));
        WriteManifest("taken.json", ModelManifest.BuiltIn.Files.Id);
        WriteManifest("good.json", "good");

        ModelCatalog catalog = Open();

        Assert.Equal([.. ModelManifest.AllBuiltIn.Select(model => model.Files.Id).Order(StringComparer.Ordinal), "good"], catalog.List().Select(model => model.Name));
        Assert.Equal(["broken.json", "cls.json", "relative.json", "taken.json"], catalog.Problems.Select(problem => Path.GetFileName(problem.Split(' ')[0])));
    }

    [Fact]
    public void What_is_recorded_is_read_by_the_next_host()
    {
        WriteManifest("mine.json", "mine");
        ModelCatalog catalog = Open();
        catalog.Record(generations => generations.Build("mine@1"));
        Assert.Equal(new ModelGenerations(BuiltIn, null, "mine@1"), Open().Generations);

        catalog.Record(generations => generations.Flip("mine@1"));

        Assert.Equal(new ModelGenerations("mine@1", BuiltIn), Open().Generations);
        Assert.Equal("mine", Open().InForce.Files.Id);
    }

    [Fact]
    public void Without_the_manifest_of_the_model_in_force_the_built_in_one_takes_its_place_and_the_vectors_are_kept()
    {
        string manifest = WriteManifest("mine.json", "mine");
        Open().Record(generations => generations.Flip("mine@1"));
        File.Delete(manifest);

        ModelCatalog catalog = Open();

        Assert.Equal(new ModelGenerations(BuiltIn, "mine@1"), catalog.Generations);
        Assert.Contains("mine@1", Assert.Single(catalog.Problems));
        WriteManifest("mine.json", "mine");
        Assert.Equal("mine@1", Open().Generations.InForce);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void A_record_that_can_not_be_read_is_said_to_be_so(string content)
    {
        File.WriteAllText(_home["model.json"], content);

        ModelCatalog catalog = Open();

        Assert.Equal(BuiltIn, catalog.Generations.InForce);
        Assert.Contains("model.json", Assert.Single(catalog.Problems));
    }

    public void Dispose() => _home.Dispose();
}
