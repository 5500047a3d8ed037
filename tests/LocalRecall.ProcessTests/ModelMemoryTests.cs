using System.Globalization;
using LocalRecall.Client;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class ModelMemoryTests : ProcessTest
{
    [LinuxFact]
    public async Task An_idle_host_gives_the_models_memory_back_and_loads_it_again_on_demand()
    {
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, "host.conf"), "localrecall.embedding.idle-unload = 3s");
        HostRun host = await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        await client.EmbedAsync(["The first time also brings the runtime's library and the vocabulary, which stay."]);
        long unloaded = await UnloadedAsync(client, host);

        Embeddings embedded = await client.EmbedAsync(["The second time brings the model alone."]);
        long loaded = ResidentBytes(host.Id);
        long unloadedAgain = await UnloadedAsync(client, host);

        Assert.Equal(1, embedded.Count);
        Assert.True(loaded > unloaded && loaded - unloadedAgain >= (loaded - unloaded) / 2, $"Bytes unloaded: {unloaded}, loaded: {loaded}, unloaded again: {unloadedAgain}.");
    }

    private static async Task<long> UnloadedAsync(RecallClient client, HostRun host)
    {
        await UntilAsync(async () => (await client.StatusAsync()).Model.State == "unloaded", "the idle model is unloaded");
        return ResidentBytes(host.Id);
    }

    /// <summary>VmRSS, which the kernel gives in kB.</summary>
    private static long ResidentBytes(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
