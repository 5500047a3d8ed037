using LocalRecall.Core.Memories;
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
}
