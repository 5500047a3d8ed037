using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>How much each term of a query says: the fewer chunks hold it, the more; most of all one that none holds. Phrases do not count, their words do.</summary>
public sealed class TermWeights
{
    /// <summary>As if there were a thousand chunks more of which ten hold the term: in a store with a few memories no word is common, and none is unique.</summary>
    private const double PriorChunks = 1000;
    private const double PriorHolders = 10;
    private const double MaxWeight = 7;

    /// <summary>Nothing was asked for, so nothing speaks for or against.</summary>
    private const double Undecided = 0.5;

    private readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _names = new(StringComparer.Ordinal);

    /// <param name="chunks">In the whole index.</param>
    public TermWeights(IReadOnlyList<TermCount> terms, IReadOnlyList<string> names, long chunks)
    {
        long all = Math.Max(chunks, terms.Count == 0 ? 0 : terms.Max(term => term.Chunks));
        foreach (TermCount term in terms.Where(term => !term.IsPhrase)) _weights[term.Text] = Math.Min(MaxWeight, Math.Log((all + PriorChunks) / (term.Chunks + PriorHolders)));
        foreach (string name in names) if (_weights.TryGetValue(name, out double weight)) _names[name] = weight;
    }

    public IEnumerable<string> Terms => _weights.Keys;

    public double this[string term] => _weights.GetValueOrDefault(term);

    /// <summary>The share of all weight that these terms have, 0 to 1; a half if the query has no terms.</summary>
    public double ShareOf(IEnumerable<string> terms) => Share(_weights, terms);

    /// <summary>The same of the query's names alone.</summary>
    public double NameShareOf(IEnumerable<string> terms) => Share(_names, terms);

    private static double Share(Dictionary<string, double> weights, IEnumerable<string> terms) =>
        weights.Count == 0 ? Undecided : terms.Sum(term => weights.GetValueOrDefault(term)) / weights.Values.Sum();
}
