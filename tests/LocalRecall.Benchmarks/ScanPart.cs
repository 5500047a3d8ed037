using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Benchmarks;

/// <summary>
/// The scan by itself, on one core, against a loop that only adds up as many bytes that lie in memory alike; by turns. With filters; two
/// at once; changes; the file of vectors. Then the index on a store of as many chunks, and a host that starts with it: <see cref="ScanStore"/>.
/// </summary>
internal static class ScanPart
{
    private const int SegmentRows = 4096;
    private const int Dimensions = 384;
    private const int Top = 200;
    private const string Model = "generated";
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static ulong _sink;

    public static async Task RunAsync(Bench bench)
    {
        int chunks = bench.Options.Chunks;
        int beyondCache = (int)(Math.Min(2 * Machine.LastCacheBytes, Machine.MemoryBytes / 8) / Dimensions);
        foreach (int rows in (SortedSet<int>)(bench.Quick ? [chunks] : [100_000, chunks, Math.Max(chunks, beyondCache)]))
            Measure(bench, rows, bench.Quick ? 15 : 41);
        await ScanStore.RunAsync(bench, chunks);
    }

    private static void Measure(Bench bench, int rows, int rounds)
    {
        bench.Say($"{rows:N0} chunks");
        var random = new Random(1);
        VectorIndex index = Fill(random, rows);
        VectorSnapshot snapshot = index.Publish();
        byte[][] memory = [.. Enumerable.Range(0, (rows + SegmentRows - 1) / SegmentRows).Select(_ => GC.AllocateUninitializedArray<byte>(SegmentRows * Dimensions))];
        foreach (byte[] segment in memory)
            random.NextBytes(segment);
        float[] query = RandomVectors.Next(random, Dimensions);
        double scanned = (double)rows * Dimensions / 1e9;
        double summed = (double)memory.Length * SegmentRows * Dimensions / 1e9;
        (string What, FilterPredicate? Filter)[] scans =
        [
            ("no filter", null),
            ("as a search without filters", new FilterPredicate(SearchFilter.None)),
            ("a filter that all pass", new FilterPredicate(new SearchFilter(Since: Start))),
            ("a kind: every other chunk", new FilterPredicate(new SearchFilter(Kinds: [MemoryKind.Thinking]))),
            ("a project: one chunk in a hundred", new FilterPredicate(new SearchFilter(Scope: Scope.Area("7")))),
            ("a time: the last half, less a thousand that are left out", new FilterPredicate(new SearchFilter(
                Since: Start.AddMinutes(rows / 2), Excluded: new HashSet<long>(Enumerable.Range(0, 1000).Select(i => (long)random.Next(rows)))))),
        ];
        List<double>[] speeds = [.. scans.Select(_ => new List<double>())];
        List<double>[] limits = [.. scans.Select(_ => new List<double>())];
        for (int round = -rounds / 2; round < rounds; round++)
        {
            // The first rounds are for the compiler. Both buffers are read equally often, so that neither lies in a cache more than the other.
            for (int i = 0; i < scans.Length; i++)
            {
                FilterPredicate? filter = scans[i].Filter;
                Time(round, limits[i], summed, () => _sink += Sum(memory));
                Time(round, speeds[i], scanned, () => snapshot.Scan(query, filter, Top));
            }
        }

        double[] times = [.. speeds[0].Select(speed => scanned / speed * 1000).Order()];
        string size = $"{rows:N0} chunks ({rows * (long)Dimensions >> 20} MiB)";
        bench.Add($"scan of {size}", "ms", times, note: $"p99 {Spread.Number(Spread.Percentile(times, 0.99))}");
        bench.Add($"scan of {size}", "GB/s", speeds[0]);
        bench.Add($"adding up {size}", "GB/s", limits.SelectMany(limit => limit), note: "what one core can read");
        for (int i = 0; i < scans.Length; i++)
        {
            bench.Add(
                $"scan / adding up, {rows:N0}, {scans[i].What}", "", speeds[i].Zip(limits[i], (a, b) => a / b), i < 2 ? Goal.Least(0.6) : null,
                i < 2 ? null : $"{Spread.Number(scanned / Spread.Of(speeds[i]).Median * 1000)} ms");
        }

        MeasureTwo(bench, snapshot, query, rows, rounds / 2);
        MeasureChanges(bench, index, random, rows);
        MeasureFile(bench, index, rows, bench.Quick ? 2 : 5);
    }

    /// <summary>If memory is what a scan waits for, a second thread would gain little.</summary>
    private static void MeasureTwo(Bench bench, VectorSnapshot snapshot, float[] query, int rows, int rounds)
    {
        List<double> ratios = [];
        for (int round = 0; round < rounds; round++)
        {
            TimeSpan one = Elapsed(() => snapshot.Scan(query, null, Top));
            TimeSpan two = Elapsed(() => Parallel.Invoke(() => snapshot.Scan(query, null, Top), () => snapshot.Scan(query, null, Top)));
            ratios.Add(two / one);
        }

        bench.Add($"two scans of {rows:N0} at once / one", "", ratios, note: "2: a second core gains nothing; 1: everything");
    }

    private static void MeasureChanges(Bench bench, VectorIndex index, Random random, int rows)
    {
        const int changes = 2000;
        IndexedChunk[] added = [.. Enumerable.Range(rows, changes).Select(id => Chunk(random, id))];
        TimeSpan adding = Elapsed(() =>
        {
            foreach (IndexedChunk chunk in added)
            {
                index.Add(chunk);
                index.Publish();
            }
        });
        TimeSpan removing = Elapsed(() =>
        {
            foreach (IndexedChunk chunk in added)
            {
                index.Remove(chunk.ChunkId);
                index.Publish();
            }
        });
        bench.Add($"adding a chunk to {rows:N0}, published", "µs", [adding.TotalMicroseconds / changes]);
        bench.Add($"removing one of {rows:N0}, published", "µs", [removing.TotalMicroseconds / changes]);
    }

    private static void MeasureFile(Bench bench, VectorIndex index, int rows, int rounds)
    {
        string path = Path.Combine(bench.ScratchFolder, "vectors");
        List<double> writeMs = [], readMs = [], coldMs = [], speed = [];
        for (int round = 0; round < rounds; round++)
        {
            writeMs.Add(Elapsed(() =>
            {
                using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
                VectorFile.Write(index.Publish(), Model, file, CancellationToken.None);
                file.Flush(flushToDisk: true);
            }).TotalMilliseconds);
            readMs.Add(Read().TotalMilliseconds);
            speed.Add(new FileInfo(path).Length / 1e6 / (readMs[^1] / 1000));
            if (PageCache.Drop(path))
                coldMs.Add(Read().TotalMilliseconds);
        }

        bench.Add($"file of {rows:N0} chunks: written, flushed to disk", "ms", writeMs, note: $"{new FileInfo(path).Length / 1e6:0} MB");
        bench.Add($"file of {rows:N0} chunks: read and checked", "ms", readMs, note: $"{Spread.Number(Spread.Of(speed).Median)} MB/s");
        if (coldMs.Count > 0)
            bench.Add($"file of {rows:N0} chunks: the same from disk", "ms", coldMs, note: "none of it in the system's page cache");
        File.Delete(path);

        TimeSpan Read() => Elapsed(() =>
        {
            using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            if (VectorFile.Read(file, Model, Dimensions).Count != index.Count)
                throw new BenchException("The file lacks chunks.");
        });
    }

    private static void Time(int round, List<double> speeds, double gigabytes, Action work)
    {
        TimeSpan elapsed = Elapsed(work);
        if (round >= 0)
            speeds.Add(gigabytes / elapsed.TotalSeconds);
    }

    private static TimeSpan Elapsed(Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started);
    }

    private static VectorIndex Fill(Random random, int rows)
    {
        var index = new VectorIndex(Dimensions);
        for (int i = 0; i < rows; i++)
            index.Add(Chunk(random, i));
        return index;
    }

    private static IndexedChunk Chunk(Random random, int id) => new(id, ScanStore.FactsOf(id), RandomVectors.Next(random, Dimensions));

    private static ulong Sum(byte[][] segments)
    {
        Vector512<ulong> a = default, b = default, c = default, d = default;
        foreach (byte[] segment in segments)
        {
            ReadOnlySpan<Vector512<ulong>> vectors = MemoryMarshal.Cast<byte, Vector512<ulong>>(segment);
            for (int i = 0; i + 3 < vectors.Length; i += 4)
            {
                a += vectors[i];
                b += vectors[i + 1];
                c += vectors[i + 2];
                d += vectors[i + 3];
            }
        }

        return Vector512.Sum(a + b + c + d);
    }
}
