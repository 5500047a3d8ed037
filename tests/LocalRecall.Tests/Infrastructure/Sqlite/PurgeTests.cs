using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>What was removed is in no byte of the index file and its log.</summary>
public sealed class PurgeTests : IDisposable
{
    private const string Word = "quizzacious";

    /// <summary>As the full text has it: stemmed, and without what it has in common with the term before.</summary>
    private const string Stem = "uizzaci";

    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    /// <summary>Between many others, so that pages are split and freed.</summary>
    private MemoryId PutAmongOthers()
    {
        for (int i = 100; i < 200; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Number {i} of the others. {new string((char)('a' + (i % 26)), 400)}"));
        MemoryId id = _store.Put("/m/1.md", Given.Memory(1, $"It was {Word} to the last.")).Memories[0].Id;
        for (int i = 200; i < 300; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Number {i} of the others. {new string((char)('a' + (i % 26)), 400)}"));
        return id;
    }

    private bool IsInFiles(string word) => new[] { "", "-wal", "-shm" }.Any(suffix =>
    {
        using var file = new FileStream(_store.File + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes).Contains(word, StringComparison.OrdinalIgnoreCase);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_forgotten_is_overwritten(bool everywhere)
    {
        MemoryId id = PutAmongOthers();
        _store.Writer.Forget(id);
        Assert.True(IsInFiles(Stem));

        _store.Writer.Purge(everywhere);

        Assert.False(IsInFiles(Stem));
        Assert.Equal(200, _store.Reader.GetStatistics(Given.Model).Chunks);
        Assert.Single(_store.Find("242"));
        Assert.Empty(_store.Reader.CheckIntegrity());
    }

    [Fact]
    public void What_a_file_no_longer_says_is_overwritten()
    {
        PutAmongOthers();
        _store.Put("/m/1.md", Given.Memory(1, "It was nothing of the kind."));

        _store.Writer.Purge(everywhere: false);

        Assert.False(IsInFiles(Stem));
        Assert.Single(_store.Find("kind"));
    }

    [Fact]
    public void Everywhere_takes_the_vectors_that_no_chunk_needs()
    {
        _store.Put("/m/1.md", Given.Memory(1, "A chunk"));
        _store.Put("/m/2.md", Given.Memory(2, "Another chunk"));
        _store.Put("/m/2.md", Given.Memory(2, "Not that any more"));
        _store.Writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = Given.Vector("a query") });

        _store.Writer.Purge(everywhere: true);

        string[] texts = ["A chunk", "Another chunk", "Not that any more", "a query"];
        IReadOnlyDictionary<TextHash, float[]> known = _store.Reader.FindVectors(Given.Model, [.. texts.Select(Given.Hash)]);
        Assert.Equal(["A chunk", "Not that any more"], texts.Where(text => known.ContainsKey(Given.Hash(text))));
    }

    [Fact]
    public void A_reader_that_still_needs_the_log_makes_it_busy_and_later_it_goes()
    {
        using var store = new TestStore(new(BusyTimeoutMs: 50));
        store.Put("/m/1.md", Given.Memory(1, "A chunk"));
        IEnumerator<IndexedChunk> reading = store.Reader.ReadVectors(Given.Model).GetEnumerator();
        Assert.True(reading.MoveNext());
        store.Writer.Forget(store.Put("/m/2.md", Given.Memory(2, $"It was {Word}.")).Memories[0].Id);

        Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(() => store.Writer.Purge(everywhere: false)).Fault);
        reading.Dispose();
        store.Writer.Purge(everywhere: false);

        Assert.Equal(0, new FileInfo(store.File + "-wal").Length);
    }
}
