using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>A text ready for the model: its ids, special tokens included, and what its vector is known by.</summary>
public sealed record TokenizedText(TextHash Hash, int[] TokenIds)
{
    /// <exception cref="EmbeddingException">The model's vocabulary is not there.</exception>
    public static TokenizedText Of(string text, EmbeddingPurpose purpose, IEmbedderFactory embedder)
    {
        string prefixed = embedder.Model.PrefixFor(purpose) + text;
        return new TokenizedText(TextHash.Of(prefixed), embedder.Tokenizer.Encode(prefixed, embedder.Model.MaxTokens));
    }
}
