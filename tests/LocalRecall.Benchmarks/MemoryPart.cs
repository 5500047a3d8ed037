using LocalRecall.Client;

namespace LocalRecall.Benchmarks;

/// <summary>Resident memory of a real host, at rest.</summary>
internal static class MemoryPart
{
    private const int Chunks = 100_000;
    private const double GoalMb = 300;

    public static async Task RunAsync(Bench bench)
    {
        await using (RealHost host = await RealHost.StartAsync())
        {
            await AddAsync(bench, host, "host without a model");
            await host.WarmUpAsync();
            await AddAsync(bench, host, "host with the model loaded");
            await using (RecallClient client = await host.ConnectAsync())
                await client.ImportAsync([bench.Options.Corpus], timeout: TimeSpan.FromHours(1));
            await AddAsync(bench, host, $"host after importing {bench.Corpus.Memories.Count} memories");
            bench.Add("its peak", "MB", [host.PeakRssMb]);
        }

        int chunks = bench.Quick ? 10_000 : Chunks;
        bench.Say($"a store with {chunks:N0} chunks");
        await using (RealHost host = await RealHost.StartAsync(bench.Stores.WithChunks(chunks)))
        {
            await host.WarmUpAsync(20);
            await AddAsync(bench, host, $"host with {chunks:N0} chunks, after 20 searches");
            bench.Add("its peak", "MB", [host.PeakRssMb]);
        }
    }

    private static async Task AddAsync(Bench bench, RealHost host, string what)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        bench.Add(what, "MB", [host.RssMb], Goal.Under(GoalMb), host.MemoryNote);
    }
}
