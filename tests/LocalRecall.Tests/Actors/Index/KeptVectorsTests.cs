using LocalRecall.Actors.Index;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Tests.Core;
using LocalRecall.Tests.Infrastructure.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Actors.Index;

/// <summary>Whatever happens to the file of vectors: what is loaded is what the database says.</summary>
public sealed class KeptVectorsTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly List<Exception> _problems = [];

    public void Dispose() => _store.Dispose();

    private string[] Files => Directory.GetFiles(Path.GetDirectoryName(_store.File)!, "*-vectors-*");

    private KeptVectors Load(string model = Given.Model) => KeptVectors.Load(_store.Writer, _store.Reader, model, 8, _problems.Add);

    private void Put(KeptVectors vectors, string path, bool withVectors, params Memory[] memories)
    {
        StoreOutcome outcome = _store.Writer.Store(new IndexEntry(Given.Source(path), Given.Model, [.. memories.Select(memory => Given.Input(memory, withVectors))]));
        vectors.Apply(outcome.Removed, outcome.Added);
    }

    /// <summary>Many chunks in one memory.</summary>
    private static Memory Large(int id, int chunks) => Given.Memory(id, string.Join("\n\n", Enumerable.Range(0, chunks).Select(i => $"Chunk {i} of {id}")));

    private async Task SaveAsync(KeptVectors vectors)
    {
        (IVectorDraft draft, Task written) = vectors.BeginSave(_store.Writer);
        await written;
        vectors.EndSave(draft, written: true);
    }

    private void AssertAsInTheDatabase(KeptVectors vectors)
    {
        var plain = new VectorIndex(8);
        foreach (IndexedChunk chunk in _store.Reader.ReadVectors(Given.Model)) plain.Add(chunk);
        float[] query = Given.Vector("a query");
        foreach (FilterPredicate? filter in (FilterPredicate?[])[null, new(new SearchFilter(Kinds: [MemoryKind.Thinking])), new(new SearchFilter(Since: Given.Start.AddDays(2))), new(new SearchFilter(Scope: Scope.Area("x")))])
            Assert.Equal(plain.Publish().Scan(query, filter, 100_000).Hits, vectors.Index.Publish().Scan(query, filter, 100_000).Hits);
    }

    [Fact]
    public async Task After_any_history_what_is_loaded_is_what_the_database_says()
    {
        var gen = new Gen(11);
        KeptVectors vectors = Load();
        var late = new Dictionary<TextHash, float[]>();
        for (int round = 0; round < 60; round++)
        {
            for (int i = gen.Int(0, 12); i > 0; i--)
            {
                int file = gen.Int(0, 40);
                switch (gen.Int(0, 10))
                {
                    case 0:
                        vectors.Apply(_store.Writer.RemoveSources([$"/m/{file}.md"]), []);
                        break;
                    case 1 when _store.Writer.Forget(Given.Id(file)) is { } forgotten:
                        vectors.Apply(forgotten.Removed, []);
                        vectors.FileDropped();
                        _store.Writer.Purge(everywhere: false);
                        Assert.Empty(Files);
                        break;
                    case 2:
                        vectors.Apply([], _store.Writer.PutVectors(Given.Model, late));
                        late.Clear();
                        break;
                    default:
                        Memory memory = Given.Memory(
                            file, string.Join("\n\n", gen.Many(1, 6, () => $"Text {gen.Int(0, 60)}").Distinct()), day: gen.Int(0, 4),
                            kind: gen.Pick([MemoryKind.Episodic, MemoryKind.Thinking]), appliesTo: gen.Pick(["global", "area:x"]));
                        bool withVectors = gen.Chance(0.8);
                        Put(vectors, $"/m/{file}.md", withVectors, memory);
                        if (!withVectors)
                            foreach (Chunk chunk in Given.Input(memory).Chunks) late[chunk.EmbeddingTextHash] = chunk.Vector!;
                        break;
                }
            }

            if (gen.Chance(0.5)) await SaveAsync(vectors);
            if (gen.Chance(0.4))
            {
                if (gen.Chance(0.3) && Files is [var file])
                {
                    byte[] bytes = await File.ReadAllBytesAsync(file);
                    bytes[gen.Int(0, bytes.Length)] ^= 0x10;
                    await File.WriteAllBytesAsync(file, gen.Chance(0.5) ? bytes : bytes[..gen.Int(0, bytes.Length)]);
                }
                _store.Reopen();
                vectors = Load();
            }
            AssertAsInTheDatabase(vectors);
        }
        Assert.NotEmpty(_problems);
    }

    [Fact]
    public async Task The_file_spares_reading_the_vectors_from_the_database()
    {
        KeptVectors vectors = Load();
        Put(vectors, "/m/1.md", withVectors: true, Large(1, 20));
        await SaveAsync(vectors);
        Put(vectors, "/m/2.md", withVectors: true, Given.Memory(2, "Later"));
        _store.Close();
        using (var database = new SqliteConnection($"Data Source={_store.File};Pooling=False"))
        {
            database.Open();
            using SqliteCommand command = database.CreateCommand();
            command.CommandText = "DELETE FROM vectors WHERE vector_key <= 20";
            command.ExecuteNonQuery();
        }
        _store.Reopen();

        Assert.Equal(21, Load().Index.Count);
        Assert.Empty(_problems);
    }

    [Fact]
    public async Task A_save_is_due_after_many_changes_and_after_something_was_forgotten()
    {
        KeptVectors vectors = Load();
        Put(vectors, "/m/1.md", withVectors: true, Large(1, 1023));
        Assert.False(vectors.IsSaveDue);
        Put(vectors, "/m/2.md", withVectors: true, Given.Memory(2, "One more"));
        Assert.True(vectors.IsSaveDue);

        await SaveAsync(vectors);
        Assert.False(vectors.IsSaveDue);
        Put(vectors, "/m/3.md", withVectors: true, Large(3, 1024));
        Assert.True(vectors.IsSaveDue);

        await SaveAsync(vectors);
        vectors.FileDropped();
        Assert.True(vectors.IsSaveDue);
    }

    [Fact]
    public async Task What_is_forgotten_while_the_file_is_written_is_not_in_the_next()
    {
        KeptVectors vectors = Load();
        Put(vectors, "/m/1.md", withVectors: true, Large(1, 1100));
        Put(vectors, "/m/2.md", withVectors: true, Given.Memory(2, "To be forgotten"));
        (IVectorDraft draft, Task written) = vectors.BeginSave(_store.Writer);
        ForgottenMemory forgotten = _store.Writer.Forget(Given.Id(2))!;
        vectors.Apply(forgotten.Removed, []);
        vectors.FileDropped();
        _store.Writer.Purge(everywhere: false);
        Assert.Empty(Files);
        Exception? problem = await Record.ExceptionAsync(() => written);
        vectors.EndSave(draft, written: problem is null);
        Assert.Empty(Files);
        Assert.True(vectors.IsSaveDue);

        vectors.Save(_store.Writer);

        Assert.Single(Files);
        _store.Reopen();
        Assert.Equal(1100, Load().Index.Count);
    }

    [Fact]
    public async Task Two_models_are_kept_side_by_side()
    {
        KeptVectors first = Load();
        Put(first, "/m/1.md", withVectors: true, Large(1, 5));
        KeptVectors second = Load("model-b");
        Assert.Equal(0, second.Index.Count);
        second.Apply([], _store.Writer.PutVectors("model-b", new Dictionary<TextHash, float[]> { [Given.Hash("Chunk 3 of 1")] = Given.Vector("another") }));
        await SaveAsync(first);
        await SaveAsync(second);
        _store.Reopen();
        Assert.Equal((5, 1), (Load().Index.Count, Load("model-b").Index.Count));
        Assert.Equal(2, Files.Length);
    }
}
