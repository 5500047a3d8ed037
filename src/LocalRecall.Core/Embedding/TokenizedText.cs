using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>What a vector is known by.</summary>
public readonly record struct VectorKey(string ModelId, TextHash Hash);

/// <summary>A text ready for a model: its ids, special tokens included, and what its vector is known by.</summary>
public sealed record TokenizedText(string ModelId, TextHash Hash, int[] TokenIds)
{
    /// <summary>[CLS] before a text, [SEP] behind it.</summary>
    private const int SpecialTokens = 2;

    public VectorKey Key => new(ModelId, Hash);

    /// <exception cref="EmbeddingException">The model's vocabulary is not there.</exception>
    public static TokenizedText Of(string text, EmbeddingPurpose purpose, IEmbedderFactory embedder)
    {
        ModelInfo model = embedder.Model;
        return new TokenizedText(model.Id, model.HashOf(text, purpose), embedder.Tokenizer.Encode(model.PrefixFor(purpose) + text, model.MaxTokens));
    }

    /// <summary>Of the whole text, special tokens included, however many the model can take.</summary>
    /// <exception cref="EmbeddingException">The model's vocabulary is not there.</exception>
    public static int CountTokens(string text, EmbeddingPurpose purpose, IEmbedderFactory embedder) =>
        embedder.Tokenizer.CountTokens(embedder.Model.PrefixFor(purpose) + text) + SpecialTokens;
}
