using System.Data;
using LocalRecall.Core.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>What the connections of one store tell each other.</summary>
internal sealed class StoreHealth
{
    private volatile bool _damageSeen;
    private volatile int _generation;

    /// <summary>Some connection met damage since the file was opened.</summary>
    public bool DamageSeen
    {
        get => _damageSeen;
        set => _damageSeen = value;
    }

    /// <summary>Grows when the file is replaced by a new one.</summary>
    public int Generation
    {
        get => _generation;
        set => _generation = value;
    }
}

/// <summary>One connection and its prepared statements. Owned by one thread.</summary>
internal sealed class StoreConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private readonly StoreHealth _health;
    private readonly int _generation;
    private int _depth;

    private StoreConnection(SqliteConnection connection, string path, StoreHealth health)
    {
        _connection = connection;
        _health = health;
        _generation = health.Generation;
        Path = path;
    }

    public string Path { get; }

    /// <summary>All that was run so far, but for scripts.</summary>
    public IReadOnlyCollection<string> Statements => _statements.Keys;

    /// <exception cref="StoreException">The file can't be opened.</exception>
    public static StoreConnection Open(string path, bool writer, SqliteStoreOptions options, StoreHealth health)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = writer ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
            ForeignKeys = writer,
            // SQLite itself waits (busy_timeout); this only keeps Microsoft.Data.Sqlite from waiting again, 30 s by default.
            DefaultTimeout = 1,
        };
        var connection = new StoreConnection(new SqliteConnection(settings.ToString()), path, health);
        try
        {
            connection.Guard(() =>
            {
                connection._connection.Open();
                if (writer) connection.KeepLogOnClose(true);
                connection.Execute($"PRAGMA busy_timeout = {options.BusyTimeoutMs}");
                connection.Execute($"PRAGMA cache_size = -{options.PageCacheKiB}");
                return 0;
            });
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closing the last connection moves the write-ahead log into the file and deletes it; of a damaged file both are kept as they are.</summary>
    public void KeepLogOnClose(bool keep) => raw.sqlite3_db_config(_connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, out _);

    /// <summary>Moves the write-ahead log into the file, whichever connection is closed last: a reading one could not. Where that fails, the log is read when the file is next opened.</summary>
    public void EmptyLog()
    {
        if (_health.DamageSeen || _connection.State != ConnectionState.Open) return;
        try
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // The disk is full, or the file is damaged after all.
        }
    }

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Several statements, run once and not kept.</summary>
    public void ExecuteScript(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Rows of a statement; values are <c>$1</c>, <c>$2</c>… The same statement can't be read twice at once.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>The first column of the first row; null if there is no row or it holds NULL.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    public long Number(string sql, params ReadOnlySpan<object?> values) => (long)Scalar(sql, values)!;

    public List<T> List<T>(Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = Query(sql, values);
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs work in one transaction; on disk when this returns.</summary>
    /// <exception cref="StoreException">Nothing was changed.</exception>
    public T Write<T>(Func<T> work) => Transact("BEGIN IMMEDIATE", work);

    /// <summary>Runs work on one unchanging state of the file.</summary>
    /// <exception cref="StoreException">The file can't be read.</exception>
    public T Read<T>(Func<T> work) => _depth > 0 ? Guard(work) : Transact("BEGIN", work);

    /// <summary>Holds one state of the file until disposed.</summary>
    public IDisposable HoldSnapshot()
    {
        CheckGeneration();
        if (_depth == 0) Guard(() => Execute("BEGIN"));
        _depth++;
        return new Snapshot(this);
    }

    /// <summary>Runs work and turns SQLite's errors into ours.</summary>
    public T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            StoreException fault = StoreFaults.Of(e, Path);
            if (fault.Fault == StoreFault.Corrupt) _health.DamageSeen = true;
            throw fault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(e.Message, StoreFault.Unusable, e); // The log of what was forgotten.
        }
    }

    /// <summary>Ends a transaction that failed, if SQLite has not ended it already (disk full, I/O error).</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0) Execute("ROLLBACK");
    }

    public void Dispose()
    {
        foreach (SqliteCommand statement in _statements.Values) statement.Dispose();
        _connection.Dispose();
    }

    /// <summary>Else we would go on reading, or writing, a file that was moved aside.</summary>
    private void CheckGeneration()
    {
        if (_generation != _health.Generation) throw new StoreException($"{Path} was replaced; it must be opened again.", StoreFault.Unusable);
    }

    private T Transact<T>(string begin, Func<T> work) => Guard(() =>
    {
        CheckGeneration();
        Execute(begin);
        _depth++;
        try
        {
            T result = work();
            Execute("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
        finally
        {
            _depth--;
        }
    });

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out SqliteCommand? statement))
        {
            statement = _connection.CreateCommand();
            statement.CommandText = sql;
            for (int i = 1; i <= values.Length; i++) statement.Parameters.Add(new SqliteParameter($"${i}", null));
            _statements.Add(sql, statement);
        }
        for (int i = 0; i < values.Length; i++) statement.Parameters[i].Value = values[i] ?? DBNull.Value;
        return statement;
    }

    private sealed class Snapshot(StoreConnection connection) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            if (--connection._depth == 0) connection.RollBack();
        }
    }
}
