using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>Random histories, compared after every step with what a few dictionaries say.</summary>
public sealed class StoreModelTests
{
    private const int Steps = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_store_holds_what_its_history_says(int seed)
    {
        var random = new Random(seed);
        using var store = new TestStore(new(SpareVectors: 3));
        var model = new Model();
        for (int step = 0; step < Steps; step++)
        {
            Step(random, store, model);
            if (random.Next(15) == 0) store.Writer.Checkpoint();
            if (random.Next(15) == 0) store.Reopen();
            Compare(store, model);
        }
        Assert.NotEmpty(model.Chunks);
    }

    /// <summary>Content by its key; who holds what under which id; what was forgotten; the vectors a scan would have by now.</summary>
    private sealed class Model
    {
        public Dictionary<string, List<(MemoryId Declared, Memory Memory)>> Sources { get; } = [];

        public HashSet<string> Forgotten { get; } = [];

        public Dictionary<long, float[]> Chunks { get; } = [];

        public HashSet<TextHash> Vectors { get; } = [];

        public ILookup<string, Memory> Held => Sources.Values.SelectMany(s => s).ToLookup(m => DedupKey.Of(m.Memory), m => m.Memory);

        public void Apply(IEnumerable<RemovedChunk> removed, IEnumerable<IndexedChunk> added)
        {
            foreach (RemovedChunk chunk in removed) Chunks.Remove(chunk.ChunkId);
            foreach (IndexedChunk chunk in added) Chunks.Add(chunk.ChunkId, chunk.Vector);
        }
    }

    private static Memory RandomMemory(Random random)
    {
        int content = random.Next(12);
        return Given.Memory(
            random.Next(10), $"content{content} begins\n\nshared paragraph {content % 3}\n\ncontent{content} ends",
            $"subject{random.Next(3)}", appliesTo: random.Next(3) == 0 ? "area:a" : "global", day: random.Next(3));
    }

    private static void Step(Random random, TestStore store, Model model)
    {
        string path = $"/m/{random.Next(6)}.md";
        switch (random.Next(10))
        {
            case 0 or 1:
                string[] paths = [path, "/m/nowhere.md"];
                model.Apply(store.Writer.RemoveSources(paths), []);
                model.Sources.Remove(path);
                break;
            case 2:
                MemoryId id = Given.Id(random.Next(10));
                StoredMemory? there = store.Reader.Get(id);
                ForgottenMemory? forgotten = store.Writer.Forget(id);
                Assert.Equal(there?.Memory.Id, forgotten?.Memory.Id);
                if (forgotten is null) break;
                model.Apply(forgotten.Removed, []);
                string key = DedupKey.Of(forgotten.Memory);
                model.Forgotten.Add(key);
                string[] holders = [.. model.Sources.Where(s => s.Value.Exists(m => DedupKey.Of(m.Memory) == key)).Select(s => s.Key)];
                Assert.Equal(holders.Order(), forgotten.Paths.Order());
                foreach (string holder in holders)
                {
                    model.Sources[holder].RemoveAll(m => DedupKey.Of(m.Memory) == key);
                    if (model.Sources[holder].Count == 0) model.Sources.Remove(holder);
                }
                break;
            default:
                Memory[] memories = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomMemory(random))];
                bool deliberate = random.Next(4) == 0, vectors = random.Next(4) > 0;
                StoreOutcome outcome = store.Writer.Store(new IndexEntry(Given.Source(path), Given.Model, [.. memories.Select(m => Given.Input(m, vectors))], deliberate));
                model.Apply(outcome.Removed, outcome.Added);
                if (deliberate) model.Forgotten.ExceptWith(memories.Select(DedupKey.Of));
                Assert.Equal(memories.Select(m => model.Forgotten.Contains(DedupKey.Of(m))), outcome.Memories.Select(m => m.Forgotten));
                model.Sources[path] = [.. memories.Where(m => !model.Forgotten.Contains(DedupKey.Of(m))).Select(m => (m.Id, m))];
                foreach ((Memory memory, StoredAs stored) in memories.Zip(outcome.Memories).Where(m => !m.Second.Forgotten))
                    Assert.Equal(memory.Body, store.Reader.Get(stored.Id)!.Memory.Body);
                break;
        }
    }

    private static void Compare(TestStore store, Model model)
    {
        IMemoryReader reader = store.Reader;
        ILookup<string, Memory> held = model.Held;
        MemoryPage all = reader.List(SearchFilter.None, null, 1000);

        // Each content once, under an id of its own, and found by every id that a source declares.
        Assert.Equal(held.Select(h => h.Key).Order(), all.Memories.Select(m => DedupKey.Of(m.Memory)).Order());
        Assert.Equal(all.Memories.Count, all.Memories.DistinctBy(m => m.Memory.Id).Count());
        Assert.Equal(all.Total, all.Memories.Count);
        Assert.All(all.Memories, m => Assert.Contains(model.Sources[m.Path!], h => DedupKey.Of(h.Memory) == DedupKey.Of(m.Memory)));
        foreach ((MemoryId declared, _) in model.Sources.Values.SelectMany(s => s)) Assert.NotNull(reader.Get(declared));

        // What one source alone holds has the facts that this source gave, unless it is to be read again.
        foreach (StoredMemory stored in all.Memories)
        {
            if (held[DedupKey.Of(stored.Memory)].ToArray() is [var only] && reader.FindSource(stored.Path!)!.FileHash.Length > 0)
                Assert.Equal((only.Subject, only.OccurredAt), (stored.Memory.Subject, stored.Memory.OccurredAt));
        }

        // The scan that followed every change has just what a scan built now would have.
        Assert.Equal(reader.ReadVectors(Given.Model).ToDictionary(c => c.ChunkId, c => c.Vector), model.Chunks);

        // Every content is found by its words, by as many chunks as hold them; no other is.
        for (int content = 0; content < 12; content++)
        {
            int expected = all.Memories.Count(m => m.Memory.Body.StartsWith($"content{content} ", StringComparison.Ordinal)) * 2;
            Assert.Equal(expected, store.Find($"content{content}").Count);
        }

        StoreStatistics statistics = reader.GetStatistics(Given.Model);
        Assert.Equal(all.Total, statistics.Memories.Values.Sum());
        Assert.Equal(all.Total * 3, statistics.Chunks);
        Assert.Equal(statistics.Chunks - model.Chunks.Count, statistics.PendingChunks);
        Assert.Equal(statistics.PendingChunks, reader.GetPending(Given.Model, 0, 1000).Count);
        Assert.Equal(model.Sources.Keys.Order(), reader.SourcesBelow("/m".Replace('/', Path.DirectorySeparatorChar)).Order());
        Assert.Empty(reader.CheckIntegrity());
    }
}
