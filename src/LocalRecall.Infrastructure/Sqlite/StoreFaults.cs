using LocalRecall.Core.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>SQLite's result codes (https://sqlite.org/rescode.html) as faults of the store.</summary>
internal static class StoreFaults
{
    public static StoreException Of(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new($"{path} is locked by another process.", StoreFault.Busy, e),
        raw.SQLITE_FULL => new($"No space left for {path}. Free some and try again.", StoreFault.Full, e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new($"{path} is damaged: {e.Message}", StoreFault.Corrupt, e),
        raw.SQLITE_CANTOPEN => new($"{path} can't be opened: {e.Message}. Is the folder there, and may you write to it?", StoreFault.Unusable, e),
        raw.SQLITE_READONLY => new($"{path} may not be written to: {e.Message}", StoreFault.Unusable, e),
        _ => new($"{path}: {e.Message}", StoreFault.Unusable, e),
    };
}
