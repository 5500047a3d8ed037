namespace LocalRecall.Core.Ports;

/// <summary>Text to token ids, exactly as the model's reference tokenizer does it. Safe for concurrent use.</summary>
public interface ITokenizer
{
    /// <summary>Ids with the model's special tokens, cut so that there are at most <paramref name="maxTokens"/>.</summary>
    int[] Encode(string text, int maxTokens);

    /// <summary>Tokens in the text, special tokens not counted. Additive over pieces split at spaces, tabs and line ends.</summary>
    int CountTokens(ReadOnlySpan<char> text);
}
