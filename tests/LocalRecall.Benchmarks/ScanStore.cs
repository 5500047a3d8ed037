using System.Diagnostics;
using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Client;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Sqlite;
using static LocalRecall.Actors.Index.IndexProtocol;
using Scope = LocalRecall.Core.Memories.Scope;

namespace LocalRecall.Benchmarks;

/// <summary>
/// A store of many chunks with generated vectors and hardly any text: how long the index takes to start with it, from the rows and from
/// the file of vectors; its vector searches, the best measured again exactly; and a real host over it.
/// </summary>
internal static class ScanStore
{
    private const int ChunksPerMemory = 50;
    private const int MemoriesPerSource = 100;

    /// <summary>As many as a search asks the index for.</summary>
    private const int Candidates = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly AppliesTo[] Areas = [.. Enumerable.Range(0, 100).Select(i => AppliesTo.Parse($"area:{i}"))];

    public static ChunkFacts FactsOf(int number) => new(
        number % 2 == 0 ? MemoryKind.Episodic : MemoryKind.Thinking, Areas[number * 31L % 10_007 % Areas.Length], null, DateTimeOffset.UnixEpoch.AddMinutes(number));

    public static async Task RunAsync(Bench bench, int chunks)
    {
        bench.Say($"a store with {chunks:N0} chunks");
        string home = Path.Combine(bench.ScratchFolder, "home");
        Directory.CreateDirectory(home);
        string path = Path.Combine(home, "recall.db");
        long started = Stopwatch.GetTimestamp();
        Fill(path, bench.Model.Model, chunks);
        bench.Add($"storing {chunks:N0} chunks", "µs each", [Stopwatch.GetElapsedTime(started).TotalMicroseconds / chunks]);

        string size = $"the index of {chunks:N0} chunks, until its first answer";
        bench.Add($"{size}, from rows", "ms", [await OpenAsync(bench, path, _ => Task.CompletedTask)]); // writes the file when it ends
        double[] fromFile = new double[3];
        for (int i = 0; i < fromFile.Length; i++)
            fromFile[i] = await OpenAsync(bench, path, index => i == 0 ? SearchAsync(bench, index, chunks) : Task.CompletedTask);
        bench.Add($"{size}, from the file", "ms", fromFile, Goal.Under(3000));
        if (Directory.GetFiles(home).All(PageCache.Drop))
            bench.Add($"{size}, from disk", "ms", [await OpenAsync(bench, path, _ => Task.CompletedTask)], Goal.Under(3000), "nothing in the system's page cache");

        await MeasureHostAsync(bench, home, chunks);
        Directory.Delete(home, recursive: true);
    }

    private static void Fill(string path, ModelInfo model, int chunks)
    {
        var random = new Random(1);
        using IMemoryWriter writer = GeneratedStores.Open(path).OpenWriter();
        for (int first = 0; first < chunks; first += ChunksPerMemory * MemoriesPerSource)
        {
            int end = Math.Min(chunks, first + ChunksPerMemory * MemoriesPerSource);
            writer.Store(new IndexEntry(
                new SourceState($"/generated/{first}.md", first.ToString("x64"), 0, DateTimeOffset.UnixEpoch), model.Id,
                [.. Enumerable.Range(first, end - first).Chunk(ChunksPerMemory).Select(numbers => Memory(random, numbers, model.Dimensions))]));
        }

        writer.Checkpoint();
    }

    private static IndexedMemoryInput Memory(Random random, int[] numbers, int dimensions)
    {
        ChunkFacts facts = FactsOf(numbers[0] / ChunksPerMemory);
        return new IndexedMemoryInput(
            new Memory(new MemoryId(Guid.NewGuid()), facts.Kind, $"Memory {numbers[0]}", [], facts.AppliesTo, facts.OccurredAt, null, $"Of {numbers[0]}"),
            [.. numbers.Select((number, i) => new Chunk(i, "", $"chunk {number}", 2, TextHash.Of($"chunk {number}"), RandomVectors.Next(random, dimensions)))]);
    }

    /// <returns>Milliseconds until the first answer.</returns>
    private static async Task<double> OpenAsync(Bench bench, string path, Func<IActorRef, Task> then)
    {
        ActorSystem system = LocalSystem.Create();
        try
        {
            long started = Stopwatch.GetTimestamp();
            IActorRef index = system.ActorOf(IndexActor.CreateProps(GeneratedStores.Open(path), bench.Models, system.Settings.Config.GetInt("localrecall.index.readers")), "index");
            await FindAsync(index, RandomVectors.Next(new Random(2), bench.Model.Model.Dimensions), SearchFilter.None);
            double openedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await then(index);
            await index.GracefulStop(Patience);
            return openedMs;
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static async Task SearchAsync(Bench bench, IActorRef index, int chunks)
    {
        var random = new Random(3);
        foreach ((string what, SearchFilter filter) in (IEnumerable<(string, SearchFilter)>)
            [("", SearchFilter.None), (", a kind", new SearchFilter(Kinds: [MemoryKind.Thinking])), (", an area", new SearchFilter(Scope: Scope.Area("7")))])
        {
            List<double> times = [];
            for (int i = bench.Quick ? -5 : -20; i < (bench.Quick ? 20 : 200); i++)
            {
                float[] query = RandomVectors.Next(random, bench.Model.Model.Dimensions);
                long started = Stopwatch.GetTimestamp();
                await FindAsync(index, query, filter);
                if (i >= 0)
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            times.Sort();
            bench.Add(
                $"vector search over {chunks:N0} chunks{what}: scan, {Candidates} measured exactly", "ms", times, Goal.Under(60),
                $"p99 {Spread.Number(Spread.Percentile(times, 0.99))}");
        }
    }

    private static Task<VectorsSearched> FindAsync(IActorRef index, float[] query, SearchFilter filter) =>
        index.Ask<VectorsSearched>(new SearchVectors(Guid.NewGuid(), ModelManifest.BuiltIn.Info.Id, query, filter, Candidates), Patience);

    private static async Task MeasureHostAsync(Bench bench, string home, int chunks)
    {
        double emptyMb;
        await using (RealHost empty = await RealHost.StartAsync())
        {
            await empty.WarmUpAsync(20);
            emptyMb = empty.RssMb;
        }

        long started = Stopwatch.GetTimestamp();
        await using RealHost host = await RealHost.StartAsync(existingHome: home);
        await using RecallClient client = await host.ConnectAsync();
        await client.SearchAsync("what was decided");
        bench.Add($"a host with {chunks:N0} chunks, from its start to its first answer", "ms", [Stopwatch.GetElapsedTime(started).TotalMilliseconds], Goal.Under(3000), "process, model and vectors");
        List<double> times = [];
        for (int i = 0; i < (bench.Quick ? 20 : 100); i++)
        {
            long asked = Stopwatch.GetTimestamp();
            await client.SearchAsync($"what was decided about number {i}");
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
        }

        times.Sort();
        bench.Add($"its searches: model, keywords and scan", "ms", times, note: $"p99 {Spread.Number(Spread.Percentile(times, 0.99))}; hardly any text");
        bench.Add("its memory", "MB", [host.RssMb], note: host.MemoryNote);
        bench.Add("its memory, less that of a host without memories", "MB", [host.RssMb - emptyMb], note: $"{chunks * 408L / 1e6:0} MB of vectors and what filters need");
        bench.Add("its peak", "MB", [host.PeakRssMb]);
    }
}
