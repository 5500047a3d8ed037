namespace LocalRecall.Contracts.Messages;

/// <param name="Texts">At most <see cref="WireLimits.MaxEmbedTexts"/>.</param>
/// <param name="IsQuery">Embed as questions, in the interactive lane; else as documents.</param>
public sealed record EmbedTexts(RequestHeader Header, IReadOnlyList<string> Texts, bool IsQuery) : IRequest;

/// <param name="Vectors">Unit vectors one after another, little-endian 32-bit floats.</param>
/// <param name="Tokens">Tokens embedded, special tokens included.</param>
public sealed record TextsEmbedded(Guid RequestId, string ModelId, int Dimensions, ReadOnlyMemory<byte> Vectors, int Tokens) : IReply;
