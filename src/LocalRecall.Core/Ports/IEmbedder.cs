namespace LocalRecall.Core.Ports;

/// <summary>One loaded model. Owned by one thread at a time; only <see cref="Terminate"/> may be called from another.</summary>
public interface IEmbedder : IDisposable
{
    /// <summary>Runs one batch, padded to its longest member.</summary>
    /// <param name="tokenIds">Texts as ids, special tokens included; at least one, each 1 to MaxTokens long.</param>
    /// <param name="vectors">Receives unit vectors, Dimensions floats a text, in order.</param>
    /// <exception cref="EmbeddingException">The run failed or was terminated; the session may be unusable.</exception>
    void Embed(IReadOnlyList<int[]> tokenIds, Span<float> vectors);

    /// <summary>Makes a run in progress fail soon. Does nothing when none is.</summary>
    void Terminate();
}

/// <summary>Opens the model. Cheap until <see cref="Open"/>.</summary>
public interface IEmbedderFactory
{
    ModelInfo Model { get; }

    ITokenizer Tokenizer { get; }

    /// <summary>Loads the model: a hundred milliseconds and tens of megabytes.</summary>
    /// <exception cref="EmbeddingException">The model is missing, damaged, or does not load; the message says what to do.</exception>
    IEmbedder Open();
}

/// <summary>The model could not be loaded or run.</summary>
public sealed class EmbeddingException(string message, Exception? inner = null) : Exception(message, inner);
