using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>Another model takes over: the same files under a name of their own, so that both are real.</summary>
public sealed class ModelTests : ProcessTest
{
    private const string BuiltIn = "all-MiniLM-L6-v2-q4";

    [Fact]
    public async Task A_model_takes_over_though_the_host_is_killed_in_between_and_goes_back()
    {
        AddModel("copy");
        string folder = Home.Beside("memories");
        GeneratedMemories.Write(folder, 120, seed: 7);
        HostRun host = await Home.StartHostAsync();
        Assert.Equal(0, (await Home.RecallAsync("import", folder)).ExitCode);

        long chunks, built;
        await using (RecallClient client = await Home.ConnectAsync())
        await using (RecallClient second = await Home.ConnectAsync())
        {
            Task<ModelUsed> use = client.UseModelAsync("copy");
            await UntilAsync(async () => (await EntryAsync(second, "copy")).Vectors > 0 || use.IsCompleted, "some chunks have a second vector");
            Assert.Null((await second.SearchAsync("what was decided")).Degraded);
            await host.KillAsync();
            Assert.Equal(FailureCode.HostUnavailable, (await Assert.ThrowsAsync<RecallException>(() => use)).Code);
        }

        await Home.StartHostAsync();
        await using (RecallClient client = await Home.ConnectAsync())
        {
            ModelList list = await client.ListModelsAsync();
            (chunks, built) = (list.Chunks, (await EntryAsync(client, "copy")).Vectors);
            Assert.Equal("building", (await EntryAsync(client, "copy")).Role);
            Assert.InRange(built, 1, chunks - 1);
            await AssertInForceAsync(client, BuiltIn);
        }

        RecallResult used = await Home.RecallAsync("model", "use", "copy", "--json");
        Assert.Equal((0, true), (used.ExitCode, (bool)used.Json["switched"]!));
        Assert.InRange((long)used.Json["pending"]!, 1, chunks - 1);
        await using (RecallClient client = await Home.ConnectAsync())
        {
            await AssertInForceAsync(client, "copy");
            await client.AddAsync(new NewMemory("Ferry", "The ferry leaves at nine.", ["ferry"]));
            await AssertInForceAsync(client, "copy");

            Assert.True((await client.RollBackModelAsync()).Switched);
            await UntilAsync(async () => (await client.StatusAsync()).Index.PendingChunks == 0, "what was added since has a vector of the model before");
            await AssertInForceAsync(client, BuiltIn);
            Assert.Contains((await client.SearchAsync("when does the boat leave")).Hits, hit => hit.Summary.Subject == "Ferry" && hit.Cosine > 0.3);

            Assert.Equal("copy@1", (await client.RollBackModelAsync()).ModelId);
            await client.StopHostAsync();
        }

        await Home.StartHostAsync();
        await using RecallClient last = await Home.ConnectAsync();
        await AssertInForceAsync(last, "copy");
        Assert.Empty((await last.CheckIntegrityAsync()).Problems);
    }

    private static async Task<ModelEntry> EntryAsync(RecallClient client, string name) =>
        (await client.ListModelsAsync()).Models.Single(model => model.Name == name);

    private static async Task AssertInForceAsync(RecallClient client, string name)
    {
        Assert.Equal("in-force", (await EntryAsync(client, name)).Role);
        SearchResults results = await client.SearchAsync("what reads its limits from the environment");
        Assert.Null(results.Degraded);
        Assert.NotEmpty(results.Hits);
        HostStatus status = await client.StatusAsync();
        Assert.StartsWith(name + "@", status.Model.Id, StringComparison.Ordinal);
        Assert.Equal(0, status.Index.PendingChunks);
    }

    /// <summary>A manifest in the home folder; the files come from where the built-in model's are.</summary>
    private void AddModel(string id)
    {
        string source = Path.Combine(Home.Models, BuiltIn);
        Home.Models = Home.Beside("models");
        Directory.CreateDirectory(Home.Models);
        Directory.CreateSymbolicLink(Path.Combine(Home.Models, BuiltIn), source);
        JsonArray files =
        [
            .. Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is ".onnx" or ".onnx_data" or ".txt").Select(path => new JsonObject
            {
                ["path"] = Path.GetRelativePath(source, path).Replace('\\', '/'),
                ["bytes"] = new FileInfo(path).Length,
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))),
            }),
        ];
        var manifest = new JsonObject
        {
            ["id"] = id, ["revision"] = "1", ["model"] = "onnx/model_q4.onnx", ["vocabulary"] = "vocab.txt", ["dimensions"] = 384, ["maxTokens"] = 256,
            ["pooling"] = "mean", ["queryPrefix"] = "", ["documentPrefix"] = "", ["scoreFloor"] = 0.25,
            ["sources"] = new JsonArray(new JsonObject { ["folder"] = source }), ["files"] = files,
        };
        Directory.CreateDirectory(Path.Combine(Home.Home, "models"));
        File.WriteAllText(Path.Combine(Home.Home, "models", $"{id}.json"), manifest.ToJsonString());
    }
}
