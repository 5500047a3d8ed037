using System.Globalization;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>The index in one SQLite file.</summary>
/// <param name="path">The file; its folder is created.</param>
/// <param name="forgotten">What must not come back, kept outside the index.</param>
public sealed class SqliteMemoryStore(string path, ForgottenLog forgotten, TimeProvider time, SqliteStoreOptions? options = null) : IMemoryStore
{
    private readonly SqliteStoreOptions _options = options ?? new SqliteStoreOptions();
    private readonly Places _places = new();
    private readonly StoreHealth _health = new();

    public string? RebuildNeeded { get; private set; }

    public IMemoryWriter OpenWriter()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return OpenSoundWriter();
        }
        catch (StoreException e) when (e.Fault == StoreFault.Corrupt)
        {
            RebuildNeeded = MoveAside();
            return OpenSoundWriter();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder of {path} can't be made: {e.Message}", StoreFault.Unusable, e);
        }
    }

    public IMemoryReader OpenReader()
    {
        StoreConnection connection = Connect(writer: false);
        try
        {
            if (connection.Read(() => Schema.ReadVersion(connection, Schema.Steps.Count)) < Schema.Steps.Count)
                throw new StoreException($"{path} has not been opened by the writer yet.", StoreFault.Unusable);
            return new SqliteMemoryReader(connection, _places);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Checks the whole file only if damage was met since it was last opened: a full check takes seconds.</summary>
    private SqliteMemoryWriter OpenSoundWriter()
    {
        StoreConnection connection = Connect(writer: true);
        try
        {
            connection.Guard(() =>
            {
                Schema.Migrate(connection, Schema.Steps);
                // FULL: every commit is flushed to the disk before it returns. NORMAL would lose the last ones in a power cut, though they were acknowledged.
                connection.Execute("PRAGMA journal_mode = WAL");
                connection.Execute("PRAGMA synchronous = FULL");
                connection.Execute("PRAGMA fullfsync = ON"); // macOS: past the drive's cache, too.
                connection.Execute("PRAGMA secure_delete = ON"); // What was forgotten is to be gone from free pages, too; measured, it costs ingest nothing.
                connection.Execute("PRAGMA journal_size_limit = 67108864");
                foreach (string table in (string[])["sources", "memories", "chunks", "vectors", "chunk_words_data", "remembered_vectors"])
                    connection.Scalar($"SELECT max(rowid) FROM {table}"); // The far end of each: a file cut short shows here.
                return 0;
            });
            if (_health.DamageSeen && IntegrityCheck.Run(connection) is [var problem, ..])
                throw new StoreException($"{path} is damaged: {problem}", StoreFault.Corrupt);
            _health.DamageSeen = false;
            var writer = new SqliteMemoryWriter(connection, _places, forgotten, _options);
            writer.TakeOverForgotten();
            writer.DeleteStrayFiles();
            connection.KeepLogOnClose(false);
            return writer;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private StoreConnection Connect(bool writer) => StoreConnection.Open(path, writer, _options, _health);

    /// <summary>Renames the file and its log, so that nothing is lost that someone might still read out of them.</summary>
    private string MoveAside()
    {
        string aside = $"{path}.damaged-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}";
        try
        {
            foreach (string suffix in (string[])["-wal", "-shm", ""])
            {
                if (File.Exists(path + suffix)) File.Move(path + suffix, aside + suffix);
            }
            _health.Generation++;
            _health.DamageSeen = false;
            return aside;
        }
        catch (IOException e)
        {
            throw new StoreException($"{path} is damaged and can't be moved aside: {e.Message}", StoreFault.Unusable, e);
        }
    }
}
