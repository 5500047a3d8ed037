using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Microsoft.Data.Sqlite;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>What readers and the writer both ask.</summary>
internal static class MemoryQueries
{
    /// <summary>By its own id, else by one that a source declared for it.</summary>
    public static long? FindMemory(this StoreConnection db, MemoryId id) =>
        (long?)(db.Scalar("SELECT memory_key FROM memories WHERE id = $1", id.ToString())
            ?? db.Scalar("SELECT min(memory_key) FROM holdings WHERE declared_id = $1", id.ToString()));

    public static Memory ReadMemory(this StoreConnection db, long key, Places places)
    {
        using SqliteDataReader row = db.Query($"SELECT {Rows.MemoryColumns} FROM memories m JOIN places p USING(place_key) WHERE m.memory_key = $1", key);
        row.Read();
        return Rows.ReadMemory(row, places);
    }

    /// <summary>What the scan needs of a chunk; empty if it has no vector of this model.</summary>
    public static List<IndexedChunk> ReadVector(this StoreConnection db, long chunk, long model, Places places) => db.List(
        r =>
        {
            MemoryPlace place = places.Of(r.GetString(1), r.GetString(2));
            return new IndexedChunk(chunk, new ChunkFacts((MemoryKind)r.GetInt32(0), place.AppliesTo, place.Project, Rows.Time(r.GetInt64(3))), Rows.ReadVector(r, 4));
        },
        """
        SELECT m.kind, p.applies_to, p.project, m.occurred_ticks, v.vector
        FROM chunks c JOIN vectors v ON v.model_key = $2 AND v.text_hash = c.text_hash
        JOIN memories m USING(memory_key) JOIN places p USING(place_key) WHERE c.chunk_key = $1
        """,
        chunk, model);
}
