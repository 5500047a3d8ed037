using System.Numerics.Tensors;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;

namespace LocalRecall.Benchmarks;

/// <summary>
/// Store files with any number of chunks, written through the store's own writer, but with vectors that no model made:
/// each lies somewhere around the vector of one of the queries, so that a search finds near ones and far ones.
/// Texts are the corpus's words at random, with their frequencies; a word that the corpus has only once comes in more and more variants,
/// as new words come in real texts.
/// </summary>
internal sealed class GeneratedStores : IDisposable
{
    private const int ChunksPerMemory = 2;
    private const int MemoriesPerSource = 100;
    private const int WordsPerChunk = 60;
    private const float NearQuery = 0.6f;

    private readonly string _folder = Directory.CreateTempSubdirectory("localrecall-bench-").FullName;
    private readonly SortedDictionary<int, string> _files = [];
    private readonly ModelInfo _model;
    private readonly string[] _words;
    private readonly HashSet<string> _rare;

    public GeneratedStores(Corpus corpus, IEmbedderFactory model)
    {
        _model = model.Model;
        _words = [.. corpus.Memories.SelectMany(memory => memory.Body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        _rare = [.. _words.CountBy(word => word).Where(count => count.Value == 1).Select(count => count.Key)];
        Queries = corpus.Queries(64);
        QueryVectors = Embed(model, Queries);
    }

    public IReadOnlyList<string> Queries { get; }

    public IReadOnlyDictionary<string, float[]> QueryVectors { get; }

    /// <summary>A store file with so many chunks; no memory is to be written to it.</summary>
    public string WithChunks(int chunks)
    {
        if (_files.TryGetValue(chunks, out string? path))
            return path;
        path = Path.Combine(_folder, $"{chunks}.db");
        (int done, string? smaller) = _files.LastOrDefault(file => file.Key < chunks);
        if (smaller is not null)
            File.Copy(smaller, path);
        using (IMemoryWriter writer = Open(path).OpenWriter())
        {
            for (int first = done / ChunksPerMemory; first < chunks / ChunksPerMemory; first += MemoriesPerSource)
                writer.Store(Source(first, Math.Min(MemoriesPerSource, chunks / ChunksPerMemory - first)));
            writer.Checkpoint();
        }

        _files.Add(chunks, path);
        return path;
    }

    /// <param name="remembered">How many vectors of queries it keeps.</param>
    public static SqliteMemoryStore Open(string path, int remembered = 0) => new(
        path, new ForgottenLog(Path.ChangeExtension(path, ".jsonl"), TimeProvider.System), TimeProvider.System,
        new SqliteStoreOptions(RememberedVectors: remembered));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, float[]> Embed(IEmbedderFactory model, IReadOnlyList<string> queries)
    {
        using IEmbedder embedder = model.Open();
        return queries.ToDictionary(query => query, query =>
        {
            var vector = new float[model.Model.Dimensions];
            embedder.Embed([model.Tokenizer.Encode(model.Model.QueryPrefix + query, model.Model.MaxTokens)], vector);
            return vector;
        });
    }

    private IndexEntry Source(int first, int count) => new(
        new SourceState($"/generated/{first}.md", first.ToString("x64"), 0, DateTimeOffset.UnixEpoch),
        _model.Id,
        [.. Enumerable.Range(first, count).Select(Memory)]);

    private IndexedMemoryInput Memory(int number)
    {
        var random = new Random(number);
        string[] texts = [.. Enumerable.Range(0, ChunksPerMemory).Select(_ => Text(random, number))];
        var memory = new Memory(
            new MemoryId(Guid.NewGuid()), MemoryKind.Episodic, $"Memory {number}", [], AppliesTo.Global,
            DateTimeOffset.UnixEpoch.AddMinutes(number), null, string.Join("\n\n", texts));
        return new IndexedMemoryInput(memory, [.. texts.Select((text, i) => new Chunk(i, "", text, WordsPerChunk, TextHash.Of(text), Vector(random)))]);
    }

    private string Text(Random random, int number) => string.Join(' ', Enumerable.Range(0, WordsPerChunk).Select(_ =>
    {
        string word = _words[random.Next(_words.Length)];
        return _rare.Contains(word) ? word + random.Next(number / 10 + 1) : word;
    }));

    private float[] Vector(Random random)
    {
        float[] query = QueryVectors[Queries[random.Next(Queries.Count)]];
        float[] vector = RandomVectors.Next(random, _model.Dimensions);
        float near = NearQuery * random.NextSingle();
        TensorPrimitives.Multiply(vector, MathF.Sqrt(1 - near * near), vector);
        TensorPrimitives.MultiplyAdd(query, near, vector, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }
}

internal static class RandomVectors
{
    /// <summary>A unit vector.</summary>
    public static float[] Next(Random random, int dimensions)
    {
        var bytes = new byte[dimensions];
        random.NextBytes(bytes);
        var vector = new float[dimensions];
        TensorPrimitives.ConvertChecked<byte, float>(bytes, vector);
        TensorPrimitives.Subtract(vector, 127.5f, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }
}
