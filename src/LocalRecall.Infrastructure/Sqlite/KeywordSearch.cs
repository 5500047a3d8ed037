using System.Text.Json;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Microsoft.Data.Sqlite;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>
/// One search in the full text. BM25 costs about 3 µs for each chunk that holds any term, counting them a fiftieth of that. So terms are counted first,
/// and chunks are weighed by way of the rare terms: ten thousand chunks that hold one common word would cost tens of milliseconds and say nothing.
/// </summary>
internal sealed class KeywordSearch(StoreConnection db, SearchFilter filter, IReadOnlyDictionary<long, MemoryPlace> places, int limit)
{
    /// <summary>Chunks weighed in one pass: some 10 ms.</summary>
    private const int WeighedAtMost = 3000;

    /// <summary>A term in this many chunks is not counted further, and not used where a rarer one is.</summary>
    private const int CountedAtMost = 20_000;

    private readonly List<(long Chunk, double Bm25)> _hits = [];
    private readonly HashSet<long> _seen = [];

    private readonly record struct Term(string Text, string Quoted, long Chunks);

    public KeywordMatches Run(KeywordQuery query)
    {
        Term[] asked = [.. query.Phrases.Take(KeywordQuery.MaxPhrases).Concat(query.Terms.Take(KeywordQuery.MaxTerms))
            .Select(t => (Text: t, Quoted: $"\"{t.Replace("\"", "\"\"").Replace('\0', ' ')}\""))
            .Select(t => new Term(t.Text, t.Quoted, Count(t.Quoted)))];
        return new KeywordMatches(Search([.. asked.Where(t => t.Chunks > 0).OrderBy(t => t.Chunks)]), [.. asked.Select(t => new TermCount(t.Text, t.Chunks))]);
    }

    private IReadOnlyList<KeywordHit> Search(Term[] terms)
    {
        if (terms.Length == 0 || limit <= 0 || !AnyMemoryPasses()) return [];

        Term[] telling = [.. terms.Where(t => t.Chunks < CountedAtMost)];
        if (telling.Length == 0) telling = terms;
        long sum = 0;
        Term[] rare = [.. telling.TakeWhile(t => (sum += t.Chunks) <= WeighedAtMost)];

        // Chunks with a rare term, weighed by all telling ones. The second half matches whenever the first does.
        if (rare.Length == terms.Length) Weigh(AnyOf(terms));
        else if (rare.Length > 0) Weigh($"({AnyOf(rare)}) AND ({AnyOf(telling)})");

        if (_hits.Count < limit && rare.Length < terms.Length)
        {
            // Common terms alone: the newest chunks stand for all. A filter may leave too few of those; then all are weighed.
            string any = AnyOf(terms);
            long oldest = OldestOfNewest(any);
            Weigh(any, oldest);
            if (_hits.Count < limit && oldest > 0) Weigh(any);
        }
        return WithTerms(terms);
    }

    /// <summary>$1 is the expression, $2 the limit, $3 the first chunk that counts.</summary>
    internal static string Sql(FilterSql where)
    {
        string join = where.IsEmpty ? "" : "CROSS JOIN chunks c ON c.chunk_key = w.rowid CROSS JOIN memories m ON m.memory_key = c.memory_key";
        return $"SELECT w.rowid, w.rank FROM chunk_words w {join} WHERE w.chunk_words MATCH $1 AND w.rowid >= $3 AND {where.Conditions} ORDER BY w.rank LIMIT $2";
    }

    private static string AnyOf(IEnumerable<Term> terms) => string.Join(" OR ", terms.Select(t => t.Quoted));

    private long Count(string quoted) =>
        db.Number("SELECT count(*) FROM (SELECT 1 FROM chunk_words WHERE chunk_words MATCH $1 LIMIT $2)", quoted, CountedAtMost);

    private bool AnyMemoryPasses()
    {
        var values = new List<object?>();
        return db.Scalar($"SELECT 1 FROM memories m WHERE {new FilterSql(filter, places, values).Conditions} LIMIT 1", [.. values]) is not null;
    }

    private long OldestOfNewest(string expression) =>
        (long?)db.Scalar("SELECT rowid FROM chunk_words WHERE chunk_words MATCH $1 ORDER BY rowid DESC LIMIT 1 OFFSET $2", expression, WeighedAtMost) ?? 0;

    private void Weigh(string expression, long oldest = 0)
    {
        // Scores of two passes do not compare: what came later ranks lower.
        double ceiling = _hits.Count == 0 ? double.MaxValue : _hits[^1].Bm25;
        List<object?> values = [expression, limit, oldest];
        string sql = Sql(new FilterSql(filter, places, values));
        foreach ((long chunk, double rank) in db.List(r => (r.GetInt64(0), r.GetDouble(1)), sql, [.. values]))
        {
            if (_hits.Count < limit && _seen.Add(chunk)) _hits.Add((chunk, Math.Min(ceiling, -rank)));
        }
    }

    /// <summary>Which hit holds which term, term by term.</summary>
    private List<KeywordHit> WithTerms(Term[] terms)
    {
        Dictionary<long, List<string>> held = _hits.ToDictionary(h => h.Chunk, _ => new List<string>());
        string chunks = JsonSerializer.Serialize(_seen);
        foreach (Term term in terms)
        {
            // Looking up one chunk in a term's list costs about as much as walking past four hundred; the + makes SQLite walk.
            string rowid = term.Chunks < Math.Min(CountedAtMost, 400 * held.Count) ? "+rowid" : "rowid";
            using SqliteDataReader rows = db.Query(
                $"SELECT rowid FROM chunk_words WHERE chunk_words MATCH $1 AND {rowid} IN (SELECT value FROM json_each($2))", term.Quoted, chunks);
            while (rows.Read())
            {
                if (held.TryGetValue(rows.GetInt64(0), out List<string>? found)) found.Add(term.Text);
            }
        }
        return [.. _hits.Select(h => new KeywordHit(h.Chunk, h.Bm25, held[h.Chunk]))];
    }
}
