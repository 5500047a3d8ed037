using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>How much each term of a query says: the fewer chunks hold it, the more; most of all one that none holds. Phrases do not count, their words do.</summary>
public sealed class TermWeights
{
    private readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);
    private readonly double _sum;

    /// <param name="chunks">In the whole index.</param>
    public TermWeights(IReadOnlyList<TermCount> terms, long chunks)
    {
        long all = Math.Max(chunks, terms.Count == 0 ? 0 : terms.Max(term => term.Chunks));
        foreach (TermCount term in terms.Where(term => !term.IsPhrase)) _weights[term.Text] = Math.Log(1 + (all - term.Chunks + 0.5) / (term.Chunks + 0.5));
        _sum = _weights.Values.Sum();
    }

    /// <summary>Terms of the query.</summary>
    public int Count => _weights.Count;

    /// <summary>The share of all weight that these terms have, 0 to 1; 0 if the query has no terms.</summary>
    public double ShareOf(IEnumerable<string> terms) => _sum > 0 ? terms.Sum(term => _weights.GetValueOrDefault(term)) / _sum : 0;

    public int CountOf(IEnumerable<string> terms) => terms.Count(_weights.ContainsKey);
}
