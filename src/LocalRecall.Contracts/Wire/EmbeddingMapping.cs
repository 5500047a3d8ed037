using Google.Protobuf;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class EmbeddingMapping
{
    public static EmbedTextsV1 ToWire(EmbedTexts m) => new() { Header = m.Header.ToWire(), Texts = { m.Texts }, IsQuery = m.IsQuery, MaxTokens = m.MaxTokens };

    public static EmbedTexts FromWire(EmbedTextsV1 w) => new(w.Header.ToHeader(), w.Texts.ToList(), w.IsQuery, w.MaxTokens);

    public static TextsEmbeddedV1 ToWire(TextsEmbedded m) => new()
    {
        RequestId = m.RequestId.ToWire(), ModelId = m.ModelId, Dimensions = m.Dimensions,
        Vectors = UnsafeByteOperations.UnsafeWrap(m.Vectors), Tokens = m.Tokens,
    };

    public static TextsEmbedded FromWire(TextsEmbeddedV1 w) => new(w.RequestId.ToGuid(), w.ModelId, w.Dimensions, w.Vectors.Memory, w.Tokens);

    public static TextTooLongV1 ToWire(TextTooLong m) => new() { RequestId = m.RequestId.ToWire(), Index = m.Index, Tokens = m.Tokens };

    public static TextTooLong FromWire(TextTooLongV1 w) => new(w.RequestId.ToGuid(), w.Index, w.Tokens);
}
