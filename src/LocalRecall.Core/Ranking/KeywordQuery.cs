namespace LocalRecall.Core.Ranking;

/// <summary>The words of a query as the full-text index looks them up: plain terms and exact phrases, never syntax.</summary>
public sealed record KeywordQuery(IReadOnlyList<string> Terms, IReadOnlyList<string> Phrases)
{
    public bool IsEmpty => Terms.Count == 0 && Phrases.Count == 0;
}
