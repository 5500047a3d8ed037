using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Chunking;

/// <summary>Cuts a memory into pieces that the model can take in whole.</summary>
public static class Chunker
{
    public const int DefaultOverlapTokens = 32;
    private const int TryWholeUpToChars = 65_536;

    /// <summary>
    /// Chunks in order, without vectors; a memory that fits is one chunk. Longer ones are cut at headings, else at paragraphs, list items, sentences,
    /// lines, words, in this order; code blocks stay whole if they fit. Every character but white space is in some chunk.
    /// <see cref="Chunk.TokenCount"/> is that of the embedding text with prefix and special tokens, at most the model's.
    /// </summary>
    /// <param name="overlapTokens">How much of a chunk's end its follower in the same section repeats, at most. Less than a quarter of the model's tokens.</param>
    public static IReadOnlyList<Chunk> Split(Memory memory, ITokenizer tokenizer, ModelInfo model, int overlapTokens = DefaultOverlapTokens)
    {
        int special = tokenizer.Encode("", model.MaxTokens).Length;
        int HeaderTokens(string header) => tokenizer.CountTokens(model.DocumentPrefix + header + "\n") + special;

        var chunks = new List<Chunk>();
        void Add(string headingPath, string text, int textTokens)
        {
            string composed = EmbeddingText.Compose(memory.Subject, headingPath, text);
            int tokens = HeaderTokens(composed[..^text.Length]) + textTokens;
            chunks.Add(new Chunk(chunks.Count, headingPath, text, Math.Min(tokens, model.MaxTokens), model.HashOf(composed, EmbeddingPurpose.Document), Vector: null));
        }

        string body = memory.Body;
        string whole = body.Trim();
        if (whole.Length <= TryWholeUpToChars)
        {
            int tokens = tokenizer.CountTokens(whole);
            if (HeaderTokens(EmbeddingText.Header(memory.Subject, "")) + tokens <= model.MaxTokens)
            {
                if (whole.Length > 0) Add("", whole, tokens);
                return chunks;
            }
        }

        int BudgetUnder(string path) => Math.Max(model.MaxTokens - HeaderTokens(EmbeddingText.Header(memory.Subject, path)), model.MaxTokens / 4);
        foreach (ChunkSpan span in new ChunkPacker(body, tokenizer, BudgetUnder, overlapTokens).Pack())
            Add(span.HeadingPath, body[span.Start..span.End], span.Tokens);
        return chunks;
    }
}
