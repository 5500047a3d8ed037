using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;

namespace LocalRecall.Benchmarks;

/// <summary>Many small files, all of them touched, all of them changed, and one large file, each imported while a client searches once a second.</summary>
internal static class BulkPart
{
    private const int MinLineChars = 20;
    private const int LinesPerSection = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(3);
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Bench bench)
    {
        BulkSizes sizes = bench.Options.Bulk;
        var random = new Random(1);
        string[] lines = [.. bench.Corpus.Memories.SelectMany(memory => memory.Body.Split('\n')).Select(line => line.Trim()).Where(line => line.Length >= MinLineChars)];
        Memory[] memories = [.. Enumerable.Range(0, sizes.Files).Select(number => SmallMemory(random, lines, number))];
        string folder = Directory.CreateDirectory(Path.Combine(bench.ScratchFolder, "bulk")).FullName;
        await using RealHost host = await RealHost.StartAsync();
        await host.WarmUpAsync(searches: 3);
        bench.Add("host before", "MB", [host.RssMb]);

        WriteAll(folder, memories);
        await ImportAsync(bench, host, $"{sizes.Files} small files", folder);

        foreach (string path in Directory.EnumerateFiles(folder))
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        await ImportAsync(bench, host, "all of them touched", folder);

        WriteAll(folder, memories.Select(memory => memory with { Keywords = ["changed"] }));
        await ImportAsync(bench, host, "all of them changed, the text the same", folder);

        string large = Path.Combine(bench.ScratchFolder, "large.md");
        WriteLarge(large, random, lines, sizes.LargeKb);
        double peakBefore = host.PeakRssMb;
        await ImportAsync(bench, host, $"one file of {sizes.LargeKb} KB", large);
        bench.Add("the large file's part of the peak", "MB", [host.PeakRssMb - peakBefore]);
    }

    private static async Task ImportAsync(Bench bench, RealHost host, string what, string path)
    {
        await using RecallClient client = await host.ConnectAsync();
        await using RecallClient other = await host.ConnectAsync();
        using var end = new CancellationTokenSource();
        Task<double[]> searching = SearchAsync(other, bench.Corpus.Queries(64), end.Token);
        var watch = Stopwatch.StartNew();
        ImportFinished finished = await client.ImportAsync([path], timeout: Patience);
        double seconds = watch.Elapsed.TotalSeconds;
        await end.CancelAsync();
        double[] searchesMs = await searching;

        ImportCounts counts = finished.Counts;
        bench.Add(what, "s", [seconds], note: $"{counts.Chunks} chunks, {counts.Stored} stored, {counts.Unchanged} unchanged, {counts.Failed} failed");
        bench.Add($"{what}: files a second", "1/s", [counts.Files / seconds]);
        bench.Add($"{what}: searches meanwhile", "ms", searchesMs, note: $"p99 {Spread.Number(Spread.Percentile([.. searchesMs.Order()], 0.99))} ms");
        bench.Add($"{what}: host's peak so far", "MB", [host.PeakRssMb], note: host.MemoryNote);
    }

    private static async Task<double[]> SearchAsync(RecallClient client, IReadOnlyList<string> queries, CancellationToken end)
    {
        List<double> ms = [];
        do
        {
            long started = Stopwatch.GetTimestamp();
            await client.SearchAsync(queries[ms.Count % queries.Count], cancellation: CancellationToken.None);
            ms.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(BetweenSearches, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!end.IsCancellationRequested);
        return [.. ms];
    }

    private static Memory SmallMemory(Random random, string[] lines, int number) => new(
        MemoryId.New(), MemoryKind.Episodic, $"Small memory {number}", ["new"], AppliesTo.Global, DateTimeOffset.UnixEpoch.AddMinutes(number), null,
        $"{lines[random.Next(lines.Length)]}\n{lines[random.Next(lines.Length)]}");

    private static void WriteAll(string folder, IEnumerable<Memory> memories)
    {
        foreach (Memory memory in memories)
            File.WriteAllText(Path.Combine(folder, $"{memory.Id}.md"), MarkdownMemory.Write(memory));
    }

    private static void WriteLarge(string path, Random random, string[] lines, int kilobytes)
    {
        using StreamWriter file = File.CreateText(path);
        for (int number = 0; file.BaseStream.Length < kilobytes * 1024L; number++)
        {
            if (number % LinesPerSection == 0)
                file.Write($"\n## Section {number / LinesPerSection}\n\n");
            file.Write($"{lines[random.Next(lines.Length)]} {number}\n");
            file.Flush();
        }
    }
}

/// <param name="Files">Small files.</param>
/// <param name="LargeKb">Of the one large file.</param>
internal sealed record BulkSizes(int Files, int LargeKb)
{
    public static BulkSizes Full { get; } = new(10_000, 2048);

    public static BulkSizes Quick { get; } = new(500, 128);
}
