namespace LocalRecall.Contracts.Messages;

/// <param name="Texts">At most <see cref="WireLimits.MaxEmbedTexts"/>.</param>
/// <param name="IsQuery">Embed as questions, in the interactive lane; else as documents.</param>
/// <param name="MaxTokens">A text with more tokens, special tokens included, is refused (<see cref="TextTooLong"/>); 0: none is. Either way what the model can't take of a text is left out.</param>
public sealed record EmbedTexts(RequestHeader Header, IReadOnlyList<string> Texts, bool IsQuery, int MaxTokens = 0) : IRequest;

/// <param name="Vectors">Unit vectors one after another, little-endian 32-bit floats.</param>
/// <param name="Tokens">Tokens embedded, special tokens included.</param>
public sealed record TextsEmbedded(Guid RequestId, string ModelId, int Dimensions, ReadOnlyMemory<byte> Vectors, int Tokens) : IReply;

/// <summary>Nothing was embedded: a text has more tokens than <see cref="EmbedTexts.MaxTokens"/>.</summary>
/// <param name="Index">Which one.</param>
/// <param name="Tokens">Of it, special tokens included.</param>
public sealed record TextTooLong(Guid RequestId, int Index, int Tokens) : IReply;
