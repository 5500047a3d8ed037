using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Benchmarks;

/// <summary>
/// The scan by itself, on one core, against a loop that only adds up as many bytes that lie in memory alike; by turns.
/// At 100,000 chunks, and at twice the last-level cache, where every byte comes from memory.
/// </summary>
internal static class ScanPart
{
    private const int SegmentRows = 4096;
    private const int Dimensions = 384;
    private const int Top = 200;
    private static ulong _sink;

    public static Task RunAsync(Bench bench)
    {
        long large = Math.Min(2 * Machine.LastCacheBytes, Machine.MemoryBytes / 8) / Dimensions;
        int[] sizes = bench.Quick ? [100_000] : [100_000, (int)Math.Max(large, 200_000)];
        foreach (int rows in sizes)
            Measure(bench, rows, bench.Quick ? 15 : 41);
        return Task.CompletedTask;
    }

    private static void Measure(Bench bench, int rows, int rounds)
    {
        bench.Say($"{rows:N0} chunks");
        var random = new Random(1);
        VectorSnapshot snapshot = Fill(random, rows);
        byte[][] memory = [.. Enumerable.Range(0, (rows + SegmentRows - 1) / SegmentRows).Select(_ => GC.AllocateUninitializedArray<byte>(SegmentRows * Dimensions))];
        foreach (byte[] segment in memory)
            random.NextBytes(segment);
        float[] query = RandomVectors.Next(random, Dimensions);
        double scanned = (double)rows * Dimensions / 1e9;
        double summed = (double)memory.Length * SegmentRows * Dimensions / 1e9;
        (string What, FilterPredicate? Filter)[] scans =
            [("no filter", null), ("as a search without filters", new FilterPredicate(SearchFilter.None)), ("a filter that all pass", new FilterPredicate(new SearchFilter(Kinds: [MemoryKind.Episodic])))];
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

        string size = $"{rows:N0} chunks ({rows * (long)Dimensions >> 20} MiB)";
        bench.Add($"scan of {size}", "ms", speeds[0].Select(speed => scanned / speed * 1000));
        bench.Add($"scan of {size}", "GB/s", speeds[0]);
        bench.Add($"adding up {size}", "GB/s", limits.SelectMany(limit => limit), note: "what one core can read");
        for (int i = 0; i < scans.Length; i++)
            bench.Add($"scan / adding up, {rows:N0}, {scans[i].What}", "", speeds[i].Zip(limits[i], (a, b) => a / b), i < 2 ? Goal.Least(0.6) : null);
    }

    private static void Time(int round, List<double> speeds, double gigabytes, Action work)
    {
        long started = Stopwatch.GetTimestamp();
        work();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (round >= 0)
            speeds.Add(gigabytes / elapsed.TotalSeconds);
    }

    private static VectorSnapshot Fill(Random random, int rows)
    {
        var index = new VectorIndex(Dimensions);
        var facts = new ChunkFacts(MemoryKind.Episodic, AppliesTo.Global, null, DateTimeOffset.UnixEpoch);
        for (int i = 0; i < rows; i++)
            index.Add(new IndexedChunk(i, facts, RandomVectors.Next(random, Dimensions)));
        return index.Publish();
    }

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
