using LocalRecall.Core.Ports;

namespace LocalRecall.Tests.Core.Chunking;

/// <summary>Four letters or digits are a token, every other sign is one, white space is none: additive, as the real one is.</summary>
internal sealed class WordTokenizer : ITokenizer
{
    public int[] Encode(string text, int maxTokens) => [101, .. Enumerable.Repeat(7, Math.Min(CountTokens(text), maxTokens - 2)), 102];

    public int CountTokens(ReadOnlySpan<char> text)
    {
        int tokens = 0, run = 0;
        foreach (char c in text)
        {
            bool letter = char.IsLetterOrDigit(c) && c < '\u0E00';
            run = letter ? run + 1 : 0;
            if (letter ? run % 4 == 1 : !char.IsWhiteSpace(c)) tokens++;
        }
        return tokens;
    }
}
