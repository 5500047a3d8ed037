namespace LocalRecall.Core.Ranking;

/// <summary>
/// Whether the words of a query say by themselves what is looked for. A name, an error code, a whole subject: some chunk holds all of it,
/// and meaning and company can only lead away from it. A question in other words than the answer's: no chunk holds much of it.
/// </summary>
internal static class Exactness
{
    /// <summary>1: it is open what fits; 0: some chunk holds all that the query says. Between them in proportion, from <see cref="RankingOptions.ExactShare"/> on.</summary>
    public static double Openness(Findings found, RankingOptions options)
    {
        var weights = new TermWeights(found.Keywords.Terms, [], found.IndexedChunks);
        double most = found.Keywords.Hits.Select(hit => weights.ShareOf(hit.MatchedTerms)).DefaultIfEmpty().Max();
        return most <= options.ExactShare ? 1 : Math.Clamp((1 - most) / (1 - options.ExactShare), 0, 1);
    }

    public static double KeywordWeight(RankingOptions options, double openness) =>
        options.KeywordWeight + (1 - openness) * Math.Max(0, options.ExactKeywordWeight - options.KeywordWeight);
}
