using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What <c>recall status</c> and <c>recall top</c> say of a host at work.</summary>
public sealed class StatusTests : ProcessTest
{
    [Fact]
    public async Task Top_shows_the_counters_rise_while_the_host_works()
    {
        await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        await client.EmbedAsync(["loads the model"]);
        RecallProcess top = Home.StartRecall("top", "--count", "3", "--interval", "2", "--json");
        for (int i = 0; !top.HasExited; i++)
        {
            await client.EmbedAsync([$"The work of turn {i}", $"and some more of turn {i}"]);
        }

        RecallResult ended = await top.EndedAsync();

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        JsonNode[] looks = [.. ended.Output.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(3, looks.Length);
        Assert.All(looks, look => Assert.True((bool)look["running"]!));
        foreach (JsonNode[] two in new[] { looks[..2], looks[1..] })
        {
            Assert.True((long)two[0]["uptimeMs"]! < (long)two[1]["uptimeMs"]!);
            Assert.True((long)two[0]["model"]!["runs"]! < (long)two[1]["model"]!["runs"]!);
            Assert.True((long)two[0]["model"]!["tokens"]! < (long)two[1]["model"]!["tokens"]!);
            Assert.True((long)two[0]["model"]!["outcomes"]!["answered"]! < (long)two[1]["model"]!["outcomes"]!["answered"]!);
        }

        Assert.True((double)looks[2]["model"]!["rates"]!["last10Seconds"]!["texts"]! > 0);
        Assert.True((double)looks[2]["model"]!["runMs"]!["p99"]! > 0);
        Assert.True((long)looks[2]["peakWorkingSetBytes"]! > 0 && (long)looks[2]["processorTimeMs"]! > 0);
    }

    [Fact]
    public async Task Status_names_what_failed_last()
    {
        Home.Models = Home.Beside("models");
        CopyFolder(Programs.Models, Home.Models);
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, "host.conf"), "localrecall.embedding.idle-unload = 100ms");
        await Home.StartHostAsync();
        Assert.Equal(0, (await Home.RecallAsync("embed", "loads the model", "--json")).ExitCode);
        await UntilAsync(async () => (string)(await StatusAsync())["model"]!["state"]! == "unloaded", "the model is unloaded");
        string weights = Directory.EnumerateFiles(Home.Models, "*.onnx", SearchOption.AllDirectories).Single();
        File.WriteAllText(weights, "no model");

        RecallResult failed = await Home.RecallAsync("embed", "finds no model", "--json");

        Assert.Equal((1, "model-unavailable"), (failed.ExitCode, (string)failed.Json["error"]!["code"]!));
        JsonNode model = (await StatusAsync())["model"]!;
        string reason = (string)model["failures"]![0]!["reason"]!;
        Assert.NotEmpty(reason);
        Assert.Equal(("degraded", 1), ((string)model["state"]!, (int)model["outcomes"]!["unavailable"]!));
        RecallResult text = await Home.RecallAsync("status");
        Assert.Contains(text.Output.Split('\n'), line => line.StartsWith("failed  ") && line.Contains(reason));
    }

    private async Task<JsonObject> StatusAsync() => (await Home.RecallAsync("status", "--json")).Json;

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
