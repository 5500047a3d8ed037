using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>Vectors of several models beside each other.</summary>
public sealed class GenerationsTests : IDisposable
{
    private readonly TestStore _store = new();

    private void PutOther(string modelId, IEnumerable<PendingChunk> chunks) =>
        _store.Writer.PutVectors(modelId, chunks.ToDictionary(chunk => chunk.EmbeddingTextHash, _ => new[] { 1f, 0f }));

    private Dictionary<string, long> Counts() => new(_store.Reader.CountVectors());

    [Fact]
    public void Chunks_without_a_vector_are_found_page_by_page_for_each_model()
    {
        _store.Put("/m/1.md", Given.Memory(1, "one\n\ntwo\n\nthree"));
        IReadOnlyList<PendingChunk> first = _store.Reader.GetPending("other", 0, 2);
        PutOther("other", first.Take(1));
        IReadOnlyList<PendingChunk> rest = _store.Reader.GetPending("other", first[0].ChunkId, 2);

        Assert.Empty(_store.Reader.GetPending(Given.Model, 0, 10));
        Assert.Equal([Given.Hash("one"), Given.Hash("two")], first.Select(chunk => chunk.EmbeddingTextHash));
        Assert.Equal([Given.Hash("two"), Given.Hash("three")], rest.Select(chunk => chunk.EmbeddingTextHash));
        Assert.Empty(_store.Reader.GetPending("other", rest[1].ChunkId, 2));
        Assert.Equal(new Dictionary<string, long> { [Given.Model] = 3, ["other"] = 1 }, Counts());
    }

    [Fact]
    public void A_chunk_is_read_with_the_vector_of_the_model_that_is_asked_for()
    {
        _store.Put("/m/1.md", Given.Memory(1, "one"));
        PutOther("other", _store.Reader.GetPending("other", 0, 10));

        Assert.Equal(Given.Vector("one"), Assert.Single(_store.Reader.ReadVectors(Given.Model)).Vector);
        Assert.Equal([1f, 0f], Assert.Single(_store.Reader.ReadVectors("other")).Vector);
    }

    [Fact]
    public void Vectors_of_models_that_are_not_kept_go_some_at_a_time()
    {
        _store.Put("/m/1.md", Given.Memory(1, "one\n\ntwo\n\nthree"));
        PutOther("other", _store.Reader.GetPending("other", 0, 10));
        _store.Writer.RememberVectors("other", new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = [0, 1] });
        _store.Writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = Given.Vector("a query") });

        Assert.Equal([2, 2, 0], new[] { 2, 2, 2 }.Select(limit => _store.Writer.DropVectors(model => model == Given.Model, limit)));

        Assert.Equal(new Dictionary<string, long> { [Given.Model] = 3 }, Counts());
        Assert.Equal(3, _store.Reader.ReadVectors(Given.Model).Count());
        Assert.Empty(_store.Reader.FindVectors("other", [Given.Hash("a query"), Given.Hash("one")]));
        Assert.Single(_store.Reader.FindVectors(Given.Model, [Given.Hash("a query")]));
        Assert.Equal(0, _store.Writer.DropVectors(_ => true, 10));
    }

    public void Dispose() => _store.Dispose();
}
