namespace LocalRecall.Core.Ranking;

/// <param name="Tokens">Estimated, of <paramref name="Content"/> alone.</param>
public sealed record Fitted<T>(T Item, string Content, int Tokens, bool Shortened);

/// <summary>Fits ranked hits into a number of results and a number of tokens.</summary>
public static class ResultBudget
{
    /// <summary>Less than this of a hit says nothing.</summary>
    public const int MinShortenedTokens = 48;

    /// <summary>Takes hits in order. One that doesn't fit is shortened to half of what is left (all of it if it is the last), or skipped when that is too little: it never ends the list.</summary>
    /// <param name="maxTokens">Of all contents together; <see cref="int.MaxValue"/> for no limit.</param>
    public static IReadOnlyList<Fitted<T>> Fit<T>(IReadOnlyList<T> ranked, Func<T, string> contentOf, int limit, int maxTokens)
    {
        var fitted = new List<Fitted<T>>();
        int left = maxTokens;
        for (int i = 0; i < ranked.Count && fitted.Count < limit; i++)
        {
            string content = contentOf(ranked[i]);
            int tokens = TokenEstimate.Of(content);
            bool shortened = tokens > left;
            if (shortened)
            {
                int share = i == ranked.Count - 1 || fitted.Count == limit - 1 ? left : left / 2;
                if (share < MinShortenedTokens) continue;
                content = Shorten(content, share * TokenEstimate.CharsPerToken);
                tokens = TokenEstimate.Of(content);
            }
            fitted.Add(new Fitted<T>(ranked[i], content, tokens, shortened));
            left -= tokens;
        }
        return fitted;
    }

    /// <summary>Cut after a paragraph, a line, a sentence or a word, whichever comes first in that order in the last half, with <c>…</c> at the end.</summary>
    /// <param name="maxChars">Of the result.</param>
    public static string Shorten(string text, int maxChars)
    {
        if (text.Length <= maxChars) return text;
        if (maxChars <= 1) return maxChars == 1 ? "…" : "";
        ReadOnlySpan<char> head = text.AsSpan(0, maxChars - 1);
        int half = head.Length / 2;
        int cut = -1;
        foreach (string end in (ReadOnlySpan<string>)["\n\n", "\n", ". ", "。", " "])
        {
            int at = head[half..].LastIndexOf(end);
            if (at < 0) continue;
            cut = half + at + (end[0] is '.' or '。' ? 1 : 0);
            break;
        }
        if (cut < 0) cut = char.IsHighSurrogate(head[^1]) ? head.Length - 1 : head.Length;
        return string.Concat(head[..cut].TrimEnd(), "…");
    }
}
