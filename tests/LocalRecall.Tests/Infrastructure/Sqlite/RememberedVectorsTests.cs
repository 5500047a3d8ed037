using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>Vectors of texts that are no chunk.</summary>
public sealed class RememberedVectorsTests : IDisposable
{
    private const int Kept = 10;

    private readonly TestStore _store = new(new(SpareVectors: 0, RememberedVectors: Kept));

    public void Dispose() => _store.Dispose();

    private void Remember(params string[] texts) =>
        _store.Writer.RememberVectors(Given.Model, texts.ToDictionary(Given.Hash, Given.Vector));

    private IEnumerable<string> Known(params IEnumerable<string> texts) =>
        texts.Where(text => _store.Reader.FindVectors(Given.Model, [Given.Hash(text)]).TryGetValue(Given.Hash(text), out float[]? vector) && vector.SequenceEqual(Given.Vector(text)));

    [Fact]
    public void They_are_found_like_those_of_chunks_and_outlive_the_process()
    {
        Remember("a query", "another");
        _store.Put("/m/1.md", Given.Memory(1, "A chunk"));

        _store.Reopen();

        Assert.Equal(["a query", "another", "A chunk"], Known("a query", "another", "A chunk", "unknown"));
        Assert.Empty(_store.Reader.FindVectors("model-b", [Given.Hash("a query")]));
        Assert.Single(_store.Reader.ReadVectors(Given.Model));
        Assert.Equal(1, _store.Reader.GetStatistics(Given.Model).Vectors);
    }

    [Fact]
    public void Those_used_last_are_kept()
    {
        string[] first = [.. Enumerable.Range(0, Kept).Select(i => $"first {i}")];
        string[] later = [.. Enumerable.Range(0, Kept - 1).Select(i => $"later {i}")];
        Remember(first);
        Remember(first[0]);

        Remember(later);

        Assert.Equal(["first 0"], Known(first));
        Assert.Equal(later, Known(later));
    }

    [Fact]
    public void Using_a_fresh_one_again_writes_nothing()
    {
        Remember("a query", "another");
        long length = new FileInfo(_store.File + "-wal").Length;

        for (int i = 0; i < 100; i++) Remember("a query", "another");

        Assert.Equal(length, new FileInfo(_store.File + "-wal").Length);
    }

    [Fact]
    public void There_are_never_more_than_the_number_whatever_the_order_of_use()
    {
        var random = new Random(1);
        string[] texts = [.. Enumerable.Range(0, 3 * Kept).Select(i => $"text {i}")];
        for (int i = 0; i < 300; i++)
        {
            string text = texts[random.Next(texts.Length)];
            Remember(text);
            Assert.InRange(Known(texts).Count(), 1, Kept);
            Assert.Equal([text], Known(text));
        }

        Assert.Empty(_store.Reader.CheckIntegrity());
    }

    [Fact]
    public void Clean_up_of_chunks_vectors_leaves_them_alone()
    {
        Remember("a query");
        _store.Put("/m/1.md", Given.Memory(1, "A chunk"));
        _store.Writer.RemoveSources(["/m/1.md"]);

        _store.Writer.Checkpoint();

        Assert.Equal(["a query"], Known("a query", "A chunk"));
    }

    [Fact]
    public void Vectors_of_chunks_are_neither_counted_nor_evicted()
    {
        _store.Put("/m/1.md", Given.Memory(1, "A chunk\n\nA second one"));
        string[] texts = [.. Enumerable.Range(0, Kept).Select(i => $"text {i}")];
        Remember(texts);

        for (int i = 0; i < Kept; i++) Remember("A chunk", "A second one"); // a client embeds what is stored

        Assert.Equal(["A chunk", "A second one", .. texts], Known(["A chunk", "A second one", .. texts]));
    }

    [Fact]
    public void A_remembered_vector_serves_a_chunk_that_comes_later_and_goes_when_that_is_forgotten()
    {
        Remember("A secret", "a query");
        float[] vector = _store.Reader.FindVectors(Given.Model, [Given.Hash("A secret")])[Given.Hash("A secret")];
        Memory memory = Given.Memory(1, "A secret");
        _store.Writer.Store(new IndexEntry(Given.Source("/m/1.md"), Given.Model, [new(memory, [new Chunk(0, "", memory.Body, 2, Given.Hash(memory.Body), vector)])]));
        Assert.Single(_store.Reader.ReadVectors(Given.Model));

        _store.Writer.Forget(Given.Id(1));

        Assert.Equal(["a query"], Known("A secret", "a query"));
    }

    [Fact]
    public void Lengths_are_not_mixed_and_none_are_kept_if_none_may()
    {
        Remember("a query");
        Assert.Throws<ArgumentException>(() => _store.Writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("x")] = [1] }));
        Assert.Throws<ArgumentException>(() => _store.Writer.PutVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("x")] = [1] }));

        using var none = new TestStore(new(RememberedVectors: 0));
        none.Writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = Given.Vector("a query") });
        Assert.Empty(none.Reader.FindVectors(Given.Model, [Given.Hash("a query")]));
    }
}
