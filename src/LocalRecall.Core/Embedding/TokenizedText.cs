using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>A text ready for the model: its ids, special tokens included, and what its vector is known by.</summary>
public sealed record TokenizedText(TextHash Hash, int[] TokenIds)
{
    /// <summary>[CLS] before a text, [SEP] behind it.</summary>
    private const int SpecialTokens = 2;

    /// <exception cref="EmbeddingException">The model's vocabulary is not there.</exception>
    public static TokenizedText Of(string text, EmbeddingPurpose purpose, IEmbedderFactory embedder)
    {
        string prefixed = embedder.Model.PrefixFor(purpose) + text;
        return new TokenizedText(TextHash.Of(prefixed), embedder.Tokenizer.Encode(prefixed, embedder.Model.MaxTokens));
    }

    /// <summary>Of the whole text, special tokens included, however many the model can take.</summary>
    /// <exception cref="EmbeddingException">The model's vocabulary is not there.</exception>
    public static int CountTokens(string text, EmbeddingPurpose purpose, IEmbedderFactory embedder) =>
        embedder.Tokenizer.CountTokens(embedder.Model.PrefixFor(purpose) + text) + SpecialTokens;
}
