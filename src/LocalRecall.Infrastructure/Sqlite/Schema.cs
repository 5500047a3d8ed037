using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>The tables, as numbered steps. A step that was released never changes; what is new is a further step.</summary>
internal static class Schema
{
    /// <summary><c>PRAGMA application_id</c> of our files: "LRec".</summary>
    public const int ApplicationId = 0x4C526563;

    /// <summary>Eight KiB pages hold five vectors of 384 floats almost without waste.</summary>
    private const int PageSizeBytes = 8192;

    public static IReadOnlyList<string> Steps { get; } = [Step1, Step2, Step3, Step4];

    // places: where memories apply. Few and seldom deleted, so a filter on scope or project is decided once for each place.
    // chunks: AUTOINCREMENT, because ids live on in snapshots and in searches under way after their rows are gone.
    // chunks_in_order: all that reading the vectors needs of a chunk, without its text.
    // vectors: a rowid table, so that they lie on disk in the order of the chunks and are read back sequentially.
    // chunk_words: contentless, since what is indexed (split identifiers) is not what is shown.
    private const string Step1 = """
        CREATE TABLE sources(
          source_key INTEGER PRIMARY KEY,
          path TEXT NOT NULL UNIQUE,
          file_hash TEXT NOT NULL,
          length_bytes INTEGER NOT NULL,
          modified_ticks INTEGER NOT NULL) STRICT;

        CREATE TABLE faults(
          path TEXT NOT NULL PRIMARY KEY,
          reason TEXT NOT NULL,
          seen_ticks INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE forgotten(
          dedup_key TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

        CREATE TABLE places(
          place_key INTEGER PRIMARY KEY,
          applies_to TEXT NOT NULL,
          project TEXT NOT NULL,
          UNIQUE(applies_to, project)) STRICT;

        CREATE TABLE memories(
          memory_key INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          dedup_key TEXT NOT NULL UNIQUE,
          kind INTEGER NOT NULL,
          place_key INTEGER NOT NULL REFERENCES places(place_key),
          occurred_ticks INTEGER NOT NULL,
          subject TEXT NOT NULL,
          keywords TEXT NOT NULL,
          body TEXT NOT NULL) STRICT;
        CREATE INDEX memories_by_time ON memories(occurred_ticks);
        CREATE INDEX memories_by_kind ON memories(kind, occurred_ticks);
        CREATE INDEX memories_by_place ON memories(place_key, occurred_ticks);

        CREATE TABLE holdings(
          source_key INTEGER NOT NULL REFERENCES sources(source_key) ON DELETE CASCADE,
          memory_key INTEGER NOT NULL REFERENCES memories(memory_key) ON DELETE CASCADE,
          declared_id TEXT NOT NULL,
          PRIMARY KEY(source_key, memory_key, declared_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX holdings_by_memory ON holdings(memory_key, declared_id);
        CREATE INDEX holdings_by_id ON holdings(declared_id);

        CREATE TABLE chunks(
          chunk_key INTEGER PRIMARY KEY AUTOINCREMENT,
          memory_key INTEGER NOT NULL REFERENCES memories(memory_key) ON DELETE CASCADE,
          ordinal INTEGER NOT NULL,
          token_count INTEGER NOT NULL,
          text_hash BLOB NOT NULL,
          heading TEXT NOT NULL,
          text TEXT NOT NULL,
          UNIQUE(memory_key, ordinal)) STRICT;
        CREATE INDEX chunks_by_hash ON chunks(text_hash);
        CREATE INDEX chunks_in_order ON chunks(chunk_key, memory_key, text_hash);

        CREATE TABLE models(
          model_key INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          dimensions INTEGER) STRICT;

        CREATE TABLE vectors(
          vector_key INTEGER PRIMARY KEY,
          model_key INTEGER NOT NULL REFERENCES models(model_key),
          text_hash BLOB NOT NULL,
          vector BLOB NOT NULL,
          UNIQUE(model_key, text_hash)) STRICT;
        CREATE INDEX vectors_by_hash ON vectors(text_hash);

        CREATE VIRTUAL TABLE chunk_words USING fts5(
          subject, keywords, heading, text, parts,
          content='', contentless_delete=1, tokenize='porter unicode61 remove_diacritics 2');
        INSERT INTO chunk_words(chunk_words, rank) VALUES('rank', 'bm25(5.0, 4.0, 2.0, 1.0, 0.5)');
        """;

    // remembered_vectors: of texts that are no chunk: queries, and what clients had embedded. Those with the greatest "used" were used last.
    private const string Step2 = """
        CREATE TABLE remembered_vectors(
          used INTEGER PRIMARY KEY,
          text_hash BLOB NOT NULL,
          model_key INTEGER NOT NULL REFERENCES models(model_key),
          vector BLOB NOT NULL,
          UNIQUE(text_hash, model_key)) STRICT;
        """;

    // session_memories: by id, which a rebuilt index finds again, and without a foreign key, so that reading a file anew loses nothing.
    // transcripts: head_hash is of what comes before the offset, or of its first bytes.
    private const string Step3 = """
        CREATE TABLE session_memories(
          session TEXT NOT NULL,
          memory_id TEXT NOT NULL,
          role INTEGER NOT NULL,
          in_context INTEGER NOT NULL,
          noted_ticks INTEGER NOT NULL,
          PRIMARY KEY(session, memory_id, role)) STRICT, WITHOUT ROWID;
        CREATE INDEX session_memories_by_use ON session_memories(role, memory_id, noted_ticks);
        CREATE INDEX session_memories_by_time ON session_memories(noted_ticks);

        CREATE TABLE transcripts(
          path TEXT NOT NULL PRIMARY KEY,
          offset_bytes INTEGER NOT NULL,
          head_hash TEXT NOT NULL,
          read_ticks INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;

    // vector_files: the file of a model's vectors beside this one that agrees with it but for what came or went since; no other is read.
    private const string Step4 = """
        CREATE TABLE vector_files(
          model_key INTEGER PRIMARY KEY REFERENCES models(model_key),
          name TEXT NOT NULL) STRICT;

        CREATE INDEX transcripts_by_time ON transcripts(read_ticks);
        """;

    /// <summary>Brings the file to the newest version, each step in a transaction of its own.</summary>
    /// <exception cref="StoreException">The file is of a later version, or of another program.</exception>
    public static void Migrate(StoreConnection connection, IReadOnlyList<string> steps)
    {
        int version = ReadVersion(connection, steps.Count);
        if (version == 0) connection.Execute($"PRAGMA page_size = {PageSizeBytes}");
        for (; version < steps.Count; version++)
        {
            connection.Execute("BEGIN IMMEDIATE");
            try
            {
                // Another process may have got there first.
                if (connection.Number("PRAGMA user_version") == version)
                {
                    connection.ExecuteScript(steps[version]);
                    connection.Execute($"PRAGMA application_id = {ApplicationId}");
                    connection.Execute($"PRAGMA user_version = {version + 1}");
                }
                connection.Execute("COMMIT");
            }
            catch
            {
                connection.RollBack();
                throw;
            }
        }
    }

    /// <summary>The version of the file: 0 if it is new, else 1 to <paramref name="newest"/>.</summary>
    /// <exception cref="StoreException">The file is of a later version, or of another program.</exception>
    public static int ReadVersion(StoreConnection connection, int newest)
    {
        long application = connection.Number("PRAGMA application_id");
        long version = connection.Number("PRAGMA user_version");
        bool empty = connection.Number("SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !(empty && application == 0))
            throw new StoreException($"{connection.Path} is a database of another program. Move it away, or choose another home folder.", StoreFault.Unusable);
        if (version > newest)
        {
            throw new StoreException(
                $"{connection.Path} was written by a newer LocalRecall (schema {version}; this one knows {newest}). Update LocalRecall, or delete the file: it is rebuilt from the memory files.",
                StoreFault.Unusable);
        }
        return (int)version;
    }
}
