using System.Diagnostics;
using LocalRecall.Client;

namespace LocalRecall.Benchmarks;

/// <summary>Processor time of a real host that nobody asks anything, its model loaded.</summary>
internal static class IdlePart
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Bench bench)
    {
        int windows = bench.Quick ? 1 : 6;
        await using RealHost host = await RealHost.StartAsync(bench.Stores.WithChunks(1_000));
        await host.WarmUpAsync(5);
        await Task.Delay(Window); // what follows a search, such as moving the log into the file, is done
        await MeasureAsync(bench, host, "idle host", windows);
        await using RecallClient client = await host.ConnectAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await MeasureAsync(bench, host, "idle host with one client connected", windows);
    }

    private static async Task MeasureAsync(Bench bench, RealHost host, string what, int windows)
    {
        List<double> shares = [];
        for (int i = 0; i < windows; i++)
        {
            TimeSpan before = host.Processor;
            var watch = Stopwatch.StartNew();
            await Task.Delay(Window);
            shares.Add((host.Processor - before) / watch.Elapsed * 100);
        }

        bench.Add(what, "% of a core", shares, Goal.Under(1));
    }
}
