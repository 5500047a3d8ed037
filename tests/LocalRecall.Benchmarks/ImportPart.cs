using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Benchmarks;

/// <summary>A folder into an empty host, until all of it is on disk: reading, chunking, embedding, storing.</summary>
internal static class ImportPart
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public static async Task RunAsync(Bench bench)
    {
        await using RealHost host = await RealHost.StartAsync();
        await using RecallClient client = await host.ConnectAsync();
        await client.SearchAsync("load the model");
        long tokensBefore = (await client.StatusAsync()).Model.Tokens;

        TimeSpan processorBefore = host.Processor;
        var watch = Stopwatch.StartNew();
        ImportFinished finished = await client.ImportAsync([bench.Options.Corpus], timeout: Patience);
        double seconds = watch.Elapsed.TotalSeconds;
        TimeSpan processor = host.Processor - processorBefore;

        HostStatus status = await client.StatusAsync();
        long tokens = status.Model.Tokens - tokensBefore;
        string note = $"{finished.Counts.Files} files, {finished.Counts.Chunks} chunks, {tokens} tokens, {finished.Counts.Failed} failed";
        bench.Add("import", "s", [seconds], Goal.Under(90), note);
        bench.Add("import", "files/s", [finished.Counts.Files / seconds]);
        bench.Add("import", "tokens/s", [tokens / seconds]);
        bench.Add("processor time of the host", "s", [processor.TotalSeconds]);
        await Task.Delay(TimeSpan.FromSeconds(2));
        bench.Add("host afterwards", "MB", [host.RssMb], note: host.MemoryNote);
        bench.Add("its peak", "MB", [host.PeakRssMb]);
    }
}
