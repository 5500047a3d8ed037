using LocalRecall.Core.Ranking;

namespace LocalRecall.Core.Ports;

/// <summary>What the rest of the system must know of an embedding model. Vectors of two models are never compared.</summary>
/// <param name="Id">Name and revision in one string: the key under which vectors are stored.</param>
/// <param name="Dimensions">Floats per vector.</param>
/// <param name="MaxTokens">Tokens of a text that are used, special tokens included.</param>
/// <param name="ScoreFloor">Cosine below which a hit on vectors alone is noise.</param>
/// <param name="Calibration">How far its cosines, with the words, can be believed.</param>
public sealed record ModelInfo(string Id, int Dimensions, int MaxTokens, string QueryPrefix, string DocumentPrefix, float ScoreFloor, Calibration Calibration)
{
    public string PrefixFor(EmbeddingPurpose purpose) => purpose == EmbeddingPurpose.Query ? QueryPrefix : DocumentPrefix;

    /// <summary>With <see cref="Id"/>, all that a text's vector is known by. A document's is the same for every model, whatever its prefix.</summary>
    public TextHash HashOf(string text, EmbeddingPurpose purpose) =>
        TextHash.Of(purpose == EmbeddingPurpose.Document || QueryPrefix == DocumentPrefix ? text : "query\0" + text);
}

/// <summary>Some models embed queries and documents differently. The numbers are stored; they never change.</summary>
public enum EmbeddingPurpose
{
    Document = 1,
    Query = 2,
}
