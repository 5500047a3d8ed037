using LocalRecall.Client;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What LocalRecall was born from: ONNX Runtime in every process.</summary>
public sealed class LibrariesTests : ProcessTest
{
    [LinuxFact]
    public async Task Of_many_processes_the_host_alone_loads_ONNX_Runtime_and_SQLite()
    {
        string folder = Home.Beside("memories");
        GeneratedMemories.Write(folder, 200, seed: 5);
        RecallProcess first = Home.StartRecall("import", folder, "--json");
        await UntilAsync(() => Task.FromResult(Home.Endpoint is not null), "the host listens");
        await using RecallClient client = await Home.ConnectAsync();
        await UntilAsync(async () => (await client.StatusAsync()).Index.Memories.Sum(kind => kind.Count) > 10, "the import is under way");
        RecallProcess second = Home.StartRecall("import", folder, "--json");
        await UntilAsync(async () => (await client.StatusAsync()).Clients == 3, "both imports are connected");

        Dictionary<int, string> maps = Home.ProcessIds().ToDictionary(id => id, id => File.ReadAllText($"/proc/{id}/maps"));

        Assert.False(first.HasExited || second.HasExited);
        int host = Home.Endpoint!.Pid;
        Assert.Equal(new HashSet<int> { host, first.Id, second.Id }, [.. maps.Keys]);
        Assert.Equal([host], With("onnxruntime"));
        Assert.Equal([host], With("sqlite"));

        IEnumerable<int> With(string library) => maps.Where(map => map.Value.Contains(library, StringComparison.OrdinalIgnoreCase)).Select(map => map.Key);
    }
}
