using LocalRecall.Core.Chunking;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Benchmarks;

/// <summary>The memories of a folder.</summary>
internal sealed record Corpus(IReadOnlyList<Memory> Memories)
{
    private const int QueryWords = 8;

    public static Corpus Read(string folder)
    {
        Memory[] memories =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => Path.GetExtension(path) is ".md" or ".markdown" or ".txt" or ".jsonl")
                .Order(StringComparer.Ordinal)
                .SelectMany(path => FormatReader.Read(path, File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path), null).Memories),
        ];
        return memories is [] ? throw new BenchException($"There is no memory and no document in {folder}.") : new Corpus(memories);
    }

    /// <summary>Different chunks as ingest embeds them, in a random order that is always the same, up to so many tokens.</summary>
    public IReadOnlyList<TokenizedText> Tokenize(IEmbedderFactory model, int maxTokens)
    {
        Memory[] shuffled = [.. Memories];
        new Random(1).Shuffle(shuffled);
        int tokens = 0;
        return
        [
            .. shuffled
                .SelectMany(memory => Chunker.Split(memory, model.Tokenizer, model.Model)
                    .Select(chunk => EmbeddingText.Compose(memory.Subject, chunk.HeadingPath, chunk.Text)))
                .Select(text => TokenizedText.Of(text, EmbeddingPurpose.Document, model))
                .DistinctBy(text => text.Hash)
                .TakeWhile(text => (tokens += text.TokenIds.Length) <= maxTokens),
        ];
    }

    /// <summary>What people might ask: the first words of the subjects of so many memories, evenly spread.</summary>
    public IReadOnlyList<string> Queries(int count) =>
    [
        .. Enumerable.Range(0, count)
            .Select(i => Memories[(int)((long)i * Memories.Count / count)].Subject)
            .Select(subject => string.Join(' ', subject.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(QueryWords)))
            .Distinct(),
    ];
}
