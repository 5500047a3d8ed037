using LocalRecall.Core.Ports;
using Microsoft.Data.Sqlite;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>Everything that must hold in a sound file.</summary>
internal static class IntegrityCheck
{
    // integrity_check includes FTS5's own (SQLite 3.44 and later).
    private static readonly (string Problem, string Sql)[] Counts =
    [
        ("chunks without words", "SELECT count(*) FROM chunks WHERE chunk_key NOT IN (SELECT id FROM chunk_words_docsize)"),
        ("words without a chunk", "SELECT count(*) FROM chunk_words_docsize WHERE id NOT IN (SELECT chunk_key FROM chunks)"),
        ("memories that no source holds", "SELECT count(*) FROM memories WHERE memory_key NOT IN (SELECT memory_key FROM holdings)"),
        ("memories that were forgotten", "SELECT count(*) FROM memories WHERE dedup_key IN (SELECT dedup_key FROM forgotten)"),
        ("vectors of a wrong length", "SELECT count(*) FROM vectors JOIN models USING(model_key) WHERE length(vector) IS NOT 4 * dimensions"),
        ("remembered vectors of a wrong length", "SELECT count(*) FROM remembered_vectors JOIN models USING(model_key) WHERE length(vector) IS NOT 4 * dimensions"),
    ];

    /// <summary>What is wrong; empty if nothing is.</summary>
    public static IReadOnlyList<string> Run(StoreConnection db)
    {
        var problems = new List<string>();
        try
        {
            db.Read(() =>
            {
                // FTS5 keeps the list of its segments per connection. Only opening a cursor asks whether another connection has changed it;
                // integrity_check (3.50.4) does not, and calls what was merged or emptied meanwhile malformed.
                db.Scalar("SELECT rowid FROM chunk_words WHERE rowid = 0");
                problems.AddRange(db.List(r => r.GetString(0), "PRAGMA integrity_check").Where(line => line != "ok"));
                problems.AddRange(db.List(r => $"{r.GetString(0)}: a row points to nothing in {r.GetString(2)}", "PRAGMA foreign_key_check"));
                foreach ((string problem, string sql) in Counts)
                {
                    if (db.Number(sql) is var count and > 0) problems.Add($"{count} {problem}");
                }
                return 0;
            });
        }
        catch (StoreException e) when (e.Fault == StoreFault.Corrupt)
        {
            problems.Add(e.Message);
        }
        return problems;
    }
}
