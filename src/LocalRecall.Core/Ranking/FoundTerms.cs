using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>
/// How many of the query's terms a hit holds, by how many of the chunks found hold each. BM25 counts in the whole index: there a name that fills
/// one project is rare, and a search within the project would follow it.
/// </summary>
internal static class FoundTerms
{
    /// <param name="hits">All of them, best first.</param>
    /// <param name="weight">Of the terms' share in a hit's score; the rest is BM25 as a share of the best. 0: BM25 as it is.</param>
    public static Func<KeywordHit, double> Score(IReadOnlyList<KeywordHit> hits, double weight)
    {
        if (hits.Count == 0 || weight <= 0 || hits[0].Bm25 <= 0) return hit => hit.Bm25;
        Dictionary<string, double> rarity = hits.SelectMany(hit => hit.MatchedTerms).Where(term => !term.Contains(' '))
            .CountBy(term => term).ToDictionary(term => term.Key, term => Math.Log(1 + (hits.Count - term.Value + 0.5) / (term.Value + 0.5)));
        double sum = Math.Max(rarity.Values.Sum(), double.Epsilon);
        return hit => (1 - weight) * hit.Bm25 / hits[0].Bm25 + weight * hit.MatchedTerms.Sum(term => rarity.GetValueOrDefault(term)) / sum;
    }
}
