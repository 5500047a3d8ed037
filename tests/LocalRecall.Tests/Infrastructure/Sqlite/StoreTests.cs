using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class StoreTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void What_is_stored_comes_back_whole()
    {
        Memory memory = Given.Memory(1, "Line one\n\nLine two ✓\n", "The subject", MemoryKind.Episodic, "file:src/a.ts file:src/b.ts", "/srv/project", 3, "one", "two words");
        StoreOutcome outcome = _store.Put("/m/1.md", memory);

        StoredMemory found = _store.Reader.Get(memory.Id)!;
        Assert.Equal("/m/1.md", found.Path);
        Assert.Equal(memory.Keywords, found.Memory.Keywords);
        Assert.Equal(memory.AppliesTo.Scopes, found.Memory.AppliesTo.Scopes);
        Assert.Equal(memory, found.Memory with { Keywords = memory.Keywords });
        Assert.Equal([new StoredAs(memory.Id, Duplicate: false)], outcome.Memories);
        Assert.Equal(Given.Source("/m/1.md"), _store.Reader.FindSource("/m/1.md"));

        IReadOnlyList<ChunkWithMemory> chunks = _store.Reader.GetChunks([.. outcome.Added.Select(a => a.ChunkId)]);
        Assert.Equal(["Line one", "Line two ✓\n"], chunks.Select(c => c.Text));
        Assert.All(chunks, c => Assert.Equal(2, c.ChunkCount));
        Assert.Equal(Given.Vector("Line one"), outcome.Added[0].Vector);
        Assert.Equal(outcome.Added.ToDictionary(c => c.ChunkId, c => c.Vector), _store.Reader.GetVectors(Given.Model, [.. outcome.Added.Select(c => c.ChunkId), 999]));
    }

    [Fact]
    public void Chunks_are_described_for_ranking_and_those_that_are_gone_left_out()
    {
        long[] two = [.. _store.Put("/m/1.md", Given.Memory(1, "Line one\n\nLine two", kind: MemoryKind.Thinking, appliesTo: "area:x", project: "/p", day: 3)).Added.Select(a => a.ChunkId)];
        long[] one = [.. _store.Put("/m/2.md", Given.Memory(2, "Another")).Added.Select(a => a.ChunkId)];

        IReadOnlyList<ChunkDescription> described = _store.Reader.DescribeChunks([two[1], 999, one[0]]);

        Assert.Equal([(two[1], 1, 2), (one[0], 0, 1)], described.Select(c => (c.ChunkId, c.Ordinal, c.ChunkCount)));
        Assert.NotEqual(described[0].MemoryKey, described[1].MemoryKey);
        Assert.Equal(described[0].MemoryKey, Assert.Single(_store.Reader.DescribeChunks([two[0]])).MemoryKey);
        ChunkFacts facts = described[0].Facts;
        Assert.Equal((MemoryKind.Thinking, "area:x", "/p", _store.Reader.Get(Given.Id(1))!.Memory.OccurredAt), (facts.Kind, facts.AppliesTo.Text, facts.Project, facts.OccurredAt));
    }

    [Fact]
    public void Vectors_are_read_in_order_of_their_chunks_and_share_their_places()
    {
        for (int i = 0; i < 20; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Paragraph a{i}\n\nParagraph b{i}", appliesTo: "file:src/x.cs", project: "/p"));

        List<IndexedChunk> read = [.. _store.Reader.ReadVectors(Given.Model)];
        Assert.Equal(40, read.Count);
        Assert.Equal(read.OrderBy(c => c.ChunkId).Select(c => c.ChunkId), read.Select(c => c.ChunkId));
        Assert.Equal(Given.Vector("Paragraph a0"), read[0].Vector);
        Assert.All(read, c => Assert.Same(read[0].Facts.AppliesTo, c.Facts.AppliesTo));
        Assert.All(read, c => Assert.Same(read[0].Facts.Project, c.Facts.Project));
        Assert.Empty(_store.Reader.ReadVectors("another-model"));
    }

    [Fact]
    public void Reading_vectors_sees_one_state_and_other_reads_may_come_between()
    {
        _store.Put("/m/1.md", Given.Memory(1, "First one\n\nSecond one"));
        using IEnumerator<IndexedChunk> vectors = _store.Reader.ReadVectors(Given.Model).GetEnumerator();
        Assert.True(vectors.MoveNext());

        _store.Put("/m/2.md", Given.Memory(2, "Third one"));
        Assert.Null(_store.Reader.Get(Given.Id(2)));
        Assert.True(vectors.MoveNext());
        Assert.False(vectors.MoveNext());
        Assert.NotNull(_store.Reader.Get(Given.Id(2)));
    }

    [Fact]
    public void The_same_content_from_two_sources_is_stored_once_and_goes_with_the_last()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The same content"));
        StoreOutcome second = _store.Put("/m/2.md", Given.Memory(2, "The same content", day: 5));

        Assert.Equal([new StoredAs(Given.Id(1), Duplicate: true)], second.Memories);
        Assert.Empty(second.Added);
        Assert.Equal(Given.Id(1), _store.Reader.Get(Given.Id(2))!.Memory.Id);
        Assert.Equal(Given.Start, _store.Reader.Get(Given.Id(2))!.Memory.OccurredAt);
        Assert.Equal(1, _store.Reader.GetStatistics(Given.Model).Chunks);

        Assert.Empty(_store.Writer.RemoveSources(["/m/1.md"]));
        Assert.Equal("/m/2.md", _store.Reader.Get(Given.Id(2))!.Path);
        Assert.Equal(Given.Source("/m/2.md") with { FileHash = "", LengthBytes = -1 }, _store.Reader.FindSource("/m/2.md")); // To be read again.
        _store.Put("/m/2.md", Given.Memory(2, "The same content", day: 5));
        Assert.Equal(Given.Start.AddDays(5), _store.Reader.Get(Given.Id(2))!.Memory.OccurredAt);
        Assert.Single(_store.Writer.RemoveSources(["/m/2.md"]));
        Assert.Null(_store.Reader.Get(Given.Id(2)));
    }

    [Fact]
    public void The_same_content_in_another_scope_project_or_kind_is_another_memory()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The same content"));
        _store.Put("/m/2.md", Given.Memory(2, "The same content", appliesTo: "area:build"));
        _store.Put("/m/3.md", Given.Memory(3, "The same content", project: "/p"));
        _store.Put("/m/4.md", Given.Memory(4, "The same content", kind: MemoryKind.Document));
        Assert.Equal(4, _store.Reader.List(SearchFilter.None, null, 10).Total);
    }

    [Fact]
    public void A_memory_is_called_by_the_id_of_a_source_that_still_holds_it()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The same content"));
        _store.Put("/m/2.md", Given.Memory(2, "The same content"));

        // Its content edited, file 1 keeps its id; the old content is file 2's alone.
        StoreOutcome edited = _store.Put("/m/1.md", Given.Memory(1, "Other content"));

        Assert.Equal([new StoredAs(Given.Id(1), Duplicate: false)], edited.Memories);
        Assert.Equal("Other content", _store.Reader.Get(Given.Id(1))!.Memory.Body);
        Assert.Equal("The same content", _store.Reader.Get(Given.Id(2))!.Memory.Body);
        Assert.Equal(Given.Id(2), _store.Reader.Get(Given.Id(2))!.Memory.Id);
    }

    [Fact]
    public void Other_content_under_an_id_that_is_taken_gets_an_id_of_its_own()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The content"));
        MemoryId copy = _store.Put("/m/copy.md", Given.Memory(1, "The content of an edited copy")).Memories[0].Id;

        Assert.NotEqual(Given.Id(1), copy);
        Assert.Equal("The content", _store.Reader.Get(Given.Id(1))!.Memory.Body);
        Assert.Equal("The content of an edited copy", _store.Reader.Get(copy)!.Memory.Body);
        Assert.Equal(copy, _store.Put("/m/copy.md", Given.Memory(1, "The content of an edited copy")).Memories[0].Id);

        _store.Writer.RemoveSources(["/m/1.md"]);
        Assert.Equal("The content of an edited copy", _store.Reader.Get(Given.Id(1))!.Memory.Body);
    }

    [Fact]
    public void A_changed_source_replaces_what_it_held()
    {
        long old = _store.Put("/m/a.jsonl", Given.Memory(1, "stays here"), Given.Memory(2, "goes away")).Added[1].ChunkId;
        StoreOutcome outcome = _store.Put("/m/a.jsonl", Given.Memory(1, "stays here"), Given.Memory(3, "newly come"));

        Assert.Equal([new RemovedChunk(old)], outcome.Removed);
        Assert.Equal("newly come", Assert.Single(_store.Texts(outcome.Added.Select(a => a.ChunkId))));
        Assert.All(outcome.Memories, m => Assert.False(m.Duplicate));
        Assert.Empty(_store.Find("goes", "away"));
        Assert.Null(_store.Reader.Get(Given.Id(2)));
    }

    [Fact]
    public void The_same_content_with_another_subject_is_kept_under_the_new_one()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The content", "Old subject"));
        StoreOutcome outcome = _store.Put("/m/1.md", Given.Memory(1, "The content", "Fresh subject"));

        Assert.Single(outcome.Removed);
        Assert.Single(outcome.Added);
        Assert.Equal("Fresh subject", _store.Reader.Get(Given.Id(1))!.Memory.Subject);
        Assert.Single(_store.Find("fresh"));
        Assert.Empty(_store.Find("old"));
    }

    [Fact]
    public void Storing_what_is_there_changes_nothing()
    {
        _store.Put("/m/1.md", Given.Memory(1, "One\n\nTwo"));
        StoreOutcome again = _store.Put("/m/1.md", Given.Memory(1, "One\n\nTwo"));
        Assert.Empty(again.Added);
        Assert.Empty(again.Removed);
    }

    [Fact]
    public void A_source_that_says_the_same_twice_holds_it_once()
    {
        StoreOutcome outcome = _store.Put("/m/a.jsonl", Given.Memory(1, "Said twice"), Given.Memory(2, "Said twice"));
        Assert.Equal([new StoredAs(Given.Id(1), false), new StoredAs(Given.Id(1), true)], outcome.Memories);
        Assert.Equal(Given.Id(1), _store.Reader.Get(Given.Id(2))!.Memory.Id);
        Assert.Single(_store.Writer.RemoveSources(["/m/a.jsonl"]));
    }

    [Fact]
    public void A_moved_file_finds_its_vectors_and_needs_no_others()
    {
        Memory memory = Given.Memory(1, "Moved text");
        _store.Put("/m/old.md", memory);
        _store.Writer.RemoveSources(["/m/old.md"]);

        Assert.Equal(Given.Vector("Moved text"), Assert.Single(_store.Reader.FindVectors(Given.Model, [Given.Hash("Moved text"), Given.Hash("unknown")])).Value);
        StoreOutcome moved = _store.Writer.Store(new IndexEntry(Given.Source("/m/new.md"), Given.Model, [Given.Input(memory, vectors: false)]));
        Assert.Equal(Given.Vector("Moved text"), Assert.Single(moved.Added).Vector);
        Assert.Empty(_store.Reader.GetPending(Given.Model, 0, 10));
    }

    [Fact]
    public void Chunks_without_vectors_are_pending_until_vectors_come()
    {
        Memory memory = Given.Memory(1, "First text\n\nSecond text", "About things");
        StoreOutcome outcome = _store.Writer.Store(new IndexEntry(Given.Source("/m/1.md"), Given.Model, [Given.Input(memory, vectors: false)]));
        Assert.Empty(outcome.Added);
        Assert.Equal(2, _store.Find("text").Count);

        IReadOnlyList<PendingChunk> pending = _store.Reader.GetPending(Given.Model, 0, 10);
        Assert.Equal(["About things\nFirst text", "About things\nSecond text"], pending.Select(p => p.EmbeddingText));
        Assert.Equal([Given.Hash("First text"), Given.Hash("Second text")], pending.Select(p => p.EmbeddingTextHash));
        Assert.Equal(2, _store.Reader.GetStatistics(Given.Model).PendingChunks);

        IReadOnlyList<IndexedChunk> now = _store.Writer.PutVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("Second text")] = Given.Vector("Second text") });
        Assert.Equal(pending[1].ChunkId, Assert.Single(now).ChunkId);
        Assert.Equal(pending[0].ChunkId, Assert.Single(_store.Reader.GetPending(Given.Model, 0, 10)).ChunkId);
        Assert.Equal(pending[1].ChunkId, Assert.Single(_store.Reader.ReadVectors(Given.Model)).ChunkId);
    }

    [Fact]
    public void A_vector_that_comes_with_one_source_serves_the_same_text_in_others()
    {
        Memory waiting = Given.Memory(1, "Shared text\n\nof the first");
        _store.Writer.Store(new IndexEntry(Given.Source("/m/1.md"), Given.Model, [Given.Input(waiting, vectors: false)]));
        StoreOutcome outcome = _store.Put("/m/2.md", Given.Memory(2, "Shared text\n\nof the second"));
        Assert.Equal(["Shared text", "Shared text", "of the second"], _store.Texts(outcome.Added.Select(a => a.ChunkId)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Vectors_of_two_models_live_side_by_side_and_lengths_are_not_mixed()
    {
        Memory memory = Given.Memory(1, "The text");
        _store.Put("/m/1.md", memory);
        Assert.Single(_store.Reader.GetPending("model-b", 0, 10));

        _store.Writer.PutVectors("model-b", new Dictionary<TextHash, float[]> { [Given.Hash("The text")] = [1, 0] });
        Assert.Equal([1f, 0f], Assert.Single(_store.Reader.ReadVectors("model-b")).Vector);
        Assert.Equal(8, Assert.Single(_store.Reader.ReadVectors(Given.Model)).Vector.Length);
        Assert.Throws<ArgumentException>(() => _store.Writer.PutVectors("model-b", new Dictionary<TextHash, float[]> { [Given.Hash("x")] = [1, 0, 0] }));
    }

    [Fact]
    public void A_failed_store_leaves_everything_as_it_was()
    {
        _store.Put("/m/1.md", Given.Memory(1, "The old content"));
        Memory memory = Given.Memory(2, "The new content");
        var chunk = new Chunk(0, "", memory.Body, 3, Given.Hash(memory.Body), [1, 2, 3]);

        Assert.Throws<ArgumentException>(() => _store.Writer.Store(new IndexEntry(Given.Source("/m/1.md", "new hash"), Given.Model, [new(memory, [chunk])])));

        Assert.Equal("0", _store.Reader.FindSource("/m/1.md")!.FileHash);
        Assert.NotNull(_store.Reader.Get(Given.Id(1)));
        Assert.Null(_store.Reader.Get(Given.Id(2)));
        Assert.NotEmpty(_store.Put("/m/2.md", memory).Added);
    }

    [Fact]
    public void Vectors_without_a_text_are_kept_up_to_a_number()
    {
        using var store = new TestStore(new(SpareVectors: 2));
        for (int i = 0; i < 5; i++) store.Put($"/m/{i}.md", Given.Memory(i, $"Text {i}"));
        store.Writer.RemoveSources(["/m/1.md", "/m/2.md", "/m/3.md"]);
        store.Writer.Checkpoint();

        TextHash[] hashes = [.. Enumerable.Range(0, 5).Select(i => Given.Hash($"Text {i}"))];
        Assert.Equal([hashes[0], hashes[2], hashes[3], hashes[4]], store.Reader.FindVectors(Given.Model, hashes).Keys);

        store.Writer.RemoveSources(["/m/4.md"]);
        store.Writer.Checkpoint();
        Assert.Equal([hashes[0], hashes[3], hashes[4]], store.Reader.FindVectors(Given.Model, hashes).Keys);
    }

    [Fact]
    public void Sources_are_found_below_a_folder_and_not_beside_it()
    {
        string[] paths = [P("/m/a.md"), P("/m/deep/b.md"), P("/m-other/c.md"), P("/m.md"), P("/m0/d.md")];
        foreach (string path in paths) _store.Put(path, Given.Memory(path.GetHashCode() & 0xFFFF, path));

        Assert.Equal([P("/m/a.md"), P("/m/deep/b.md")], _store.Reader.SourcesBelow(P("/m")));
        Assert.Equal([P("/m.md")], _store.Reader.SourcesBelow(P("/m.md")));
        Assert.Equal(5, _store.Reader.SourcesBelow(P("/")).Count);
        Assert.Empty(_store.Reader.SourcesBelow(P("/none")));

        static string P(string path) => path.Replace('/', Path.DirectorySeparatorChar);
    }

    [Fact]
    public void A_fault_is_kept_until_its_source_can_be_read_or_is_gone()
    {
        var first = new SourceFault("/m/1.md", "locked", Given.Start);
        var second = new SourceFault("/m/2.md", "not text", Given.Start);
        _store.Writer.RecordFault(first with { Reason = "earlier" });
        _store.Writer.RecordFault(second);
        _store.Writer.RecordFault(first);
        Assert.Equal([first, second], _store.Reader.GetFaults(10));
        Assert.Equal([first], _store.Reader.GetFaults(1));

        _store.Put("/m/1.md", Given.Memory(1, "readable"));
        Assert.Equal([second], _store.Reader.GetFaults(10));
        _store.Writer.RemoveSources(["/m/2.md"]);
        Assert.Empty(_store.Reader.GetFaults(10));
    }

    [Fact]
    public void Statistics_count_what_is_there()
    {
        _store.Put("/m/1.md", Given.Memory(1, "One\n\nTwo"));
        _store.Put("/m/2.md", Given.Memory(2, "Three", kind: MemoryKind.Thinking));
        _store.Writer.Store(new IndexEntry(Given.Source("/m/3.md"), Given.Model, [Given.Input(Given.Memory(3, "Four", kind: MemoryKind.Thinking), vectors: false)]));
        _store.Writer.RecordFault(new SourceFault("/m/4.md", "locked", Given.Start));

        StoreStatistics statistics = _store.Reader.GetStatistics(Given.Model);
        Assert.Equal(new Dictionary<MemoryKind, long> { [MemoryKind.Episodic] = 1, [MemoryKind.Thinking] = 2, [MemoryKind.Document] = 0, [MemoryKind.Exchange] = 0 }, statistics.Memories);
        Assert.Equal((4, 3, 1, 3, 1), (statistics.Chunks, statistics.Vectors, statistics.PendingChunks, statistics.Sources, statistics.Faults));
        Assert.True(statistics.FileBytes > 0);
    }
}
