using System.Globalization;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Why a search found what it found, for people to read.</summary>
internal static class Explained
{
    /// <summary>What a score is made of: <c>0.75 = meaning 0.25 (cosine 0.700, rank 2) + words 0.50 (BM25 10.0, rank 1: apples) + recency 0.01; …</c></summary>
    public static string Score(double score, float? cosine, IReadOnlyList<string> terms, HitExplanation why)
    {
        string meaning = why.VectorRank is { } vectorRank && cosine is { } value ? Invariant($" (cosine {value:0.000}, rank {vectorRank})") : "";
        string words = why.KeywordRank is { } keywordRank && why.Bm25 is { } bm25
            ? Invariant($" (BM25 {bm25:0.0}, rank {keywordRank}: {Clean.Line(string.Join(", ", terms))}; {why.TermShare:0%} of the question's words by weight)")
            : "";
        string boosts = string.Concat(why.Boosts.Select(boost => Invariant($" {(boost.Value < 0 ? '-' : '+')} {Clean.Line(boost.Name)} {Math.Abs(boost.Value):0.000}")));
        string parts = why.Chunks > 1 ? Invariant($"; the best of {why.Chunks} parts found") : "";
        return Invariant($"{score:0.000} = meaning {why.VectorShare:0.000}{meaning} + words {why.KeywordShare:0.000}{words}{boosts}{parts}");
    }

    public static IEnumerable<string> Search(SearchExplanation why)
    {
        yield return "words    " + (why.Terms.Count == 0 ? "none that say anything" : string.Join(", ", why.Terms.Select(Term)));
        yield return Invariant($"looked   at {Count(why.Candidates, "part")} of memories, {why.Noise} of them noise; usual cosine {why.CosineMean:0.000} ± {why.CosineDeviation:0.000}") +
            (why.Excluded == 0 ? "" : $"; {Count(why.Excluded, "part")} left out that the session has already");
        yield return Invariant($"options  min-confidence {why.MinConfidence:0.00}") + string.Concat(why.Options.Select(option => $", {Clean.Line(option.Name)} {Clean.Line(option.Value)}"));
        foreach (FallenHit hit in why.Fallen)
        {
            yield return Invariant($"fell     {Clean.Line(hit.Subject)}: {Reason(hit.Reason)}, confidence {hit.Confidence:0.00}");
            yield return $"         {Score(hit.Score, hit.Cosine, hit.Terms, hit.Explanation)}";
        }
    }

    private static string Term(QueryTerm term) => Invariant($"{Clean.Line(term.Text)} ({Count(term.Chunks, "part")})");

    private static string Count(long count, string what) => Invariant($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Reason(string reason) => reason switch
    {
        "below-floor" => "too unlikely to fit",
        "beyond-limit" => "beyond the limit",
        "over-budget" => "no tokens left for it",
        var other => Clean.Line(other),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
