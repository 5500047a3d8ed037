namespace LocalRecall.Core.Ranking;

/// <summary>The token budgets that users know: a quarter of the characters, rounded up.</summary>
public static class TokenEstimate
{
    public const int CharsPerToken = 4;

    public static int Of(ReadOnlySpan<char> text) => (text.Length + CharsPerToken - 1) / CharsPerToken;
}
