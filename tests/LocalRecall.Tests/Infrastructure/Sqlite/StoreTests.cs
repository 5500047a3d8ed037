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
        Memory memory = Given.Memory(1, "Line one\n\nLine two ✓\n", "The subject", MemoryKind.Episodic, "file:src/a.ts file:src/b.ts", "/work/project", 3, "one", "two words");
        StoreOutcome outcome = _store.Put("/m/1.md", memory);

        StoredMemory found = _store.Reader.Get(memory.Id)!;
        Assert.Equal("/m/1.md", found.Path);
        Assert.Equal(memory with { Keywords = [] }, found.Memory with { Keywords = [] });
        Assert.Equal(memory.Keywords, found.Memory.Keywords);
        Assert.Equal(memory.AppliesTo.Scopes, found.Memory.AppliesTo.Scopes);
        Assert.Equal([new StoredAs(memory.Id, Duplicate: false)], outcome.Memories);
        Assert.Equal(Given.Source("/m/1.md"), _store.Reader.FindSource("/m/1.md"));

        IReadOnlyList<ChunkWithMemory> chunks = _store.Reader.GetChunks([.. outcome.Added.Select(a => a.ChunkId)]);
        Assert.Equal(["Line one", "Line two ✓\n"], chunks.Select(c => c.Text));
        Assert.All(chunks, c => Assert.Equal(2, c.ChunkCount));
        Assert.Equal(Given.Vector("Line one"), outcome.Added[0].Vector);
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
}
