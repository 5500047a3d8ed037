using System.Numerics.Tensors;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class VectorIndexTests
{
    private const int Dimensions = 96;
    private static readonly ChunkFacts Facts = new(MemoryKind.Episodic, AppliesTo.Global, null, DateTimeOffset.UnixEpoch);

    private static IndexedChunk Chunk(long id, float[] vector, ChunkFacts? facts = null) => new(id, facts ?? Facts, vector);

    private static float[] Axis(int axis)
    {
        float[] vector = new float[Dimensions];
        vector[axis] = 1;
        return vector;
    }

    private static IEnumerable<long> Ids(VectorSnapshot snapshot, float[] query, int top = 1000, FilterPredicate? filter = null) =>
        snapshot.Scan(query, filter, top).Hits.Select(h => h.ChunkId);

    [Fact]
    public void Nothing_is_found_in_an_empty_index()
    {
        Assert.Empty(new VectorIndex(Dimensions).Publish().Scan(Axis(0), null, 10).Hits);
        Assert.Equal(0, new VectorIndex(Dimensions).Publish().Count);
    }

    [Fact]
    public void The_nearest_come_first_with_about_their_cosine()
    {
        var index = new VectorIndex(Dimensions);
        for (int i = 0; i < 10; i++) index.Add(Chunk(i, Axis(i)));
        float[] query = new float[Dimensions];
        (query[3], query[7]) = (0.8f, 0.6f);
        IReadOnlyList<ScanHit> hits = index.Publish().Scan(query, null, 2).Hits;
        Assert.Equal([3, 7], hits.Select(h => h.ChunkId));
        Assert.Equal(0.8, hits[0].Cosine, 0.01);
        Assert.Equal(0.6, hits[1].Cosine, 0.01);
    }

    [Fact]
    public void Equal_ones_come_in_order_of_id()
    {
        var index = new VectorIndex(Dimensions);
        foreach (int id in (int[])[5, 3, 9, 1, 7]) index.Add(Chunk(id, Axis(0)));
        Assert.Equal([1, 3, 5], Ids(index.Publish(), Axis(0), top: 3));
    }

    [Fact]
    public void Excluded_chunks_make_room_for_others()
    {
        var index = new VectorIndex(Dimensions);
        for (int i = 0; i < 10; i++) index.Add(Chunk(i, Axis(0)));
        Assert.Equal([2, 4], Ids(index.Publish(), Axis(0), top: 2, new FilterPredicate(new SearchFilter(Excluded: new HashSet<long> { 0, 1, 3 }))));
    }

    [Fact]
    public void The_exact_best_ten_are_among_the_scans_best_hundred()
    {
        var gen = new Gen(seed: 42);
        const int count = 6000, queries = 40;
        var index = new VectorIndex(Dimensions);
        Dictionary<long, float[]> vectors = [];
        // Clusters: neighbours are close to each other, as in real embeddings.
        float[][] centres = gen.Many(60, 61, () => gen.UnitVector(Dimensions));
        for (long id = 0; id < count; id++)
        {
            float[] vector = new float[Dimensions];
            TensorPrimitives.Add(gen.Pick(centres), gen.UnitVector(Dimensions), vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            vectors.Add(id, vector);
            index.Add(Chunk(id, vector));
        }
        VectorSnapshot snapshot = index.Publish();

        int found = 0;
        for (int q = 0; q < queries; q++)
        {
            float[] query = vectors[gen.Int(0, count)];
            IEnumerable<long> exact = vectors.OrderByDescending(v => TensorPrimitives.Dot<float>(query, v.Value)).ThenBy(v => v.Key).Take(10).Select(v => v.Key);
            IReadOnlyList<ScanHit> rescored = VectorSnapshot.Rescore(query, snapshot.Scan(query, null, 100).Hits, vectors);
            Assert.Equal(1, rescored[0].Cosine, 1e-5);
            found += exact.Intersect(rescored.Take(10).Select(h => h.ChunkId)).Count();
        }
        Assert.InRange(found, queries * 10 * 0.99, queries * 10);
    }

    [Fact]
    public void Rescoring_sorts_by_the_exact_cosine_and_leaves_out_what_is_gone()
    {
        IReadOnlyList<ScanHit> hits = VectorSnapshot.Rescore(Axis(0), [new(1, 0.9f), new(2, 0.8f), new(3, 0.7f)], new Dictionary<long, float[]> { [1] = Axis(1), [3] = Axis(0) });
        Assert.Equal([new ScanHit(3, 1), new ScanHit(1, 0)], hits);
    }

    [Fact]
    public void Snapshots_never_change()
    {
        var index = new VectorIndex(Dimensions);
        index.Add(Chunk(1, Axis(0)));
        VectorSnapshot first = index.Publish();
        index.Add(Chunk(2, Axis(0)));
        VectorSnapshot second = index.Publish();
        Assert.True(index.Remove(1));
        VectorSnapshot third = index.Publish();
        index.Remove(2);
        Assert.Equal([1], Ids(first, Axis(0)));
        Assert.Equal([1, 2], Ids(second, Axis(0)));
        Assert.Equal([2], Ids(third, Axis(0)));
        Assert.Empty(Ids(index.Publish(), Axis(0)));
        Assert.Equal((1, 2, 1), (first.Count, second.Count, third.Count));
    }

    [Fact]
    public void Adding_again_replaces_and_removing_what_is_not_there_does_nothing()
    {
        var index = new VectorIndex(Dimensions);
        index.Add(Chunk(1, Axis(0)));
        index.Add(Chunk(1, Axis(5)));
        Assert.False(index.Remove(2));
        Assert.Equal(1, index.Count);
        Assert.Equal(1, Assert.Single(index.Publish().Scan(Axis(5), null, 10).Hits).Cosine, 0.01);
    }

    [Fact]
    public void Filters_are_applied_in_the_scan()
    {
        var index = new VectorIndex(Dimensions);
        index.Add(Chunk(1, Axis(0), Facts with { Kind = MemoryKind.Thinking }));
        index.Add(Chunk(2, Axis(0), Facts with { AppliesTo = AppliesTo.Parse("file:src/a.ts") }));
        index.Add(Chunk(3, Axis(0), Facts with { AppliesTo = AppliesTo.Parse("file:lib/b.ts"), OccurredAt = DateTimeOffset.UnixEpoch.AddDays(2) }));
        index.Add(Chunk(4, Axis(0), Facts with { Project = "/repo" }));
        VectorSnapshot snapshot = index.Publish();
        IEnumerable<long> With(SearchFilter filter) => Ids(snapshot, Axis(0), filter: new FilterPredicate(filter));
        Assert.Equal([1], With(new SearchFilter(Kinds: [MemoryKind.Thinking])));
        Assert.Equal([1, 2, 4], With(new SearchFilter(Scope: Scope.File("src"))));
        Assert.Equal([3], With(new SearchFilter(Since: DateTimeOffset.UnixEpoch.AddDays(1))));
        Assert.Equal([1, 2, 3], With(new SearchFilter(Project: "/other")));
        Assert.Empty(With(new SearchFilter(Until: DateTimeOffset.UnixEpoch)));
    }

    [Fact]
    public void Many_changes_and_compactions_agree_with_a_plain_list()
    {
        var gen = new Gen(seed: 7);
        const int dimensions = 8;
        var index = new VectorIndex(dimensions);
        Dictionary<long, IndexedChunk> plain = [];
        MemoryKind[] kinds = [MemoryKind.Episodic, MemoryKind.Thinking, MemoryKind.Document];
        for (int round = 0; round < 30; round++)
        {
            for (int i = gen.Int(0, 2500); i > 0; i--)
            {
                long id = gen.Int(0, 12_000);
                if (gen.Chance(0.45) && plain.Remove(id)) Assert.True(index.Remove(id));
                else
                {
                    var facts = new ChunkFacts(gen.Pick(kinds), AppliesTo.Parse($"file:{gen.Int(0, 40)}.cs"), null, DateTimeOffset.UnixEpoch.AddDays(gen.Int(0, 10)));
                    plain[id] = Chunk(id, gen.UnitVector(dimensions), facts);
                    index.Add(plain[id]);
                }
            }
            var filter = new FilterPredicate(new SearchFilter(Kinds: [gen.Pick(kinds)], Since: DateTimeOffset.UnixEpoch.AddDays(gen.Int(0, 10))));
            IReadOnlyList<ScanHit> hits = index.Publish().Scan(gen.UnitVector(dimensions), filter, top: 20_000).Hits;
            Assert.Equal(plain.Values.Where(c => filter.Matches(c.Facts)).Select(c => c.ChunkId).Order(), hits.Select(h => h.ChunkId).Order());
            Assert.Equal(plain.Count, index.Count);
        }
    }

    [Fact]
    public void Hits_and_crowd_are_what_plain_loops_give()
    {
        Gen.ForAll(60, gen =>
        {
            int dimensions = gen.Int(1, 100);
            var index = new VectorIndex(dimensions);
            List<IndexedChunk> live = [];
            for (int i = gen.Int(1, 6000); i > 0; i--) live.Add(Chunk(i, gen.UnitVector(dimensions), Facts with { Kind = gen.Pick([MemoryKind.Episodic, MemoryKind.Thinking]), OccurredAt = DateTimeOffset.UnixEpoch.AddDays(gen.Int(0, 3)) }));
            foreach (IndexedChunk chunk in live) index.Add(chunk);
            for (int i = gen.Int(0, 3) * gen.Int(0, 500); i > 0 && live.Count > 0; i--)
            {
                int gone = gen.Int(0, live.Count);
                index.Remove(live[gone].ChunkId);
                live.RemoveAt(gone);
            }
            HashSet<long> excluded = [.. gen.Many(0, 50, () => (long)gen.Int(0, 7000))];
            var search = gen.Pick<SearchFilter?>([null, new SearchFilter(Kinds: [MemoryKind.Thinking], Excluded: excluded), new SearchFilter(Since: DateTimeOffset.UnixEpoch.AddDays(1)), new SearchFilter(Excluded: excluded)]);
            FilterPredicate? filter = search is null ? null : new FilterPredicate(search);
            float[] query = gen.UnitVector(dimensions);

            (long Id, double Cosine)[] expected =
            [
                .. live.Where(chunk => filter is null || (filter.Matches(chunk.Facts) && search!.Excluded?.Contains(chunk.ChunkId) != true))
                    .Select(chunk => (chunk.ChunkId, EightBit(query, chunk.Vector))).OrderByDescending(hit => hit.Item2).ThenBy(hit => hit.ChunkId),
            ];
            ScanResult scan = index.Publish().Scan(query, filter, top: 20);

            Assert.Equal(expected.Take(20).Select(hit => hit.Cosine), scan.Hits.Select(hit => (double)hit.Cosine), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.All(scan.Hits, hit => Assert.Equal(expected.Single(e => e.Id == hit.ChunkId).Cosine, hit.Cosine, 1e-5));
            Assert.Equal(expected.Length, scan.Crowd.Count);
            double mean = expected.Length == 0 ? 0 : expected.Average(hit => hit.Cosine);
            Assert.Equal(mean, scan.Crowd.Mean, 1e-5);
            Assert.Equal(expected.Length == 0 ? 0 : Math.Sqrt(expected.Average(hit => Math.Pow(hit.Cosine - mean, 2))), scan.Crowd.Deviation, 1e-4);
        });
    }

    private static double EightBit(float[] query, float[] vector)
    {
        float a = VectorSegment.StepOf(query), b = VectorSegment.StepOf(vector);
        return query.Zip(vector, (x, y) => VectorSegment.Quantise(x, a) * VectorSegment.Quantise(y, b)).Sum() * (double)a * b;
    }

    [Fact]
    public void Comparing_tells_what_is_missing_on_either_side()
    {
        var index = new VectorIndex(Dimensions);
        foreach (int id in (int[])[7, 2, 9, 4, 5]) index.Add(Chunk(id, Axis(0)));
        index.Remove(4);
        (IReadOnlyList<long> onlyHere, IReadOnlyList<long> onlyThere) = index.Compare([1, 2, 4, 7, 8, 10]);
        Assert.Equal([5, 9], onlyHere);
        Assert.Equal([1, 4, 8, 10], onlyThere);
    }

    [Fact]
    public async Task Readers_scan_while_the_owner_writes()
    {
        var index = new VectorIndex(Dimensions);
        VectorSnapshot current = index.Publish();
        using var done = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                VectorSnapshot snapshot = Volatile.Read(ref current);
                IReadOnlyList<ScanHit> hits = snapshot.Scan(Axis(1), null, 10_000).Hits;
                Assert.Equal(snapshot.Count, hits.Count);
                Assert.All(hits, h => Assert.Equal(h.ChunkId % 2, h.Cosine, 0.01));
            }
        });
        for (int i = 0; i < 9000; i++)
        {
            index.Add(Chunk(i, Axis(i % 2)));
            if (i % 3 == 0) index.Remove(i / 2);
            if (i % 50 == 0) Volatile.Write(ref current, index.Publish());
        }
        await done.CancelAsync();
        await reader;
    }

    [Fact]
    public void Vectors_without_direction_are_harmless()
    {
        var index = new VectorIndex(Dimensions);
        index.Add(Chunk(1, new float[Dimensions]));
        float[] bad = Axis(0);
        bad[1] = float.NaN;
        index.Add(Chunk(2, bad));
        Assert.All(index.Publish().Scan(Axis(0), null, 10).Hits, h => Assert.Equal(0, h.Cosine));
    }

    [Fact]
    public void Dimensions_must_be_the_models()
    {
        var index = new VectorIndex(Dimensions);
        Assert.Throws<ArgumentException>(() => index.Add(Chunk(1, new float[8])));
        Assert.Throws<ArgumentException>(() => index.Publish().Scan(new float[8], null, 1));
    }
}
