using System.Globalization;
using System.Text.Json;
using LocalRecall.Core.Chunking;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Microsoft.Data.Sqlite;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>One reading connection. Every method sees one unchanging state of the file.</summary>
internal sealed class SqliteMemoryReader(StoreConnection db, Places places) : IMemoryReader
{
    private readonly Dictionary<long, MemoryPlace> _places = [];

    public SourceState? FindSource(string path) => db.Read(() => db.List(
        r => new SourceState(path, r.GetString(0), r.GetInt64(1), Rows.Time(r.GetInt64(2))),
        "SELECT file_hash, length_bytes, modified_ticks FROM sources WHERE path = $1", path).FirstOrDefault());

    public IReadOnlyList<string> SourcesBelow(string folder) => db.Read(() =>
    {
        string prefix = folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar;
        return db.List(
            r => r.GetString(0),
            "SELECT path FROM sources WHERE path = $1 UNION SELECT path FROM sources WHERE path >= $2 AND path < $3 ORDER BY 1",
            folder, prefix, prefix[..^1] + (char)(Path.DirectorySeparatorChar + 1));
    });

    public IReadOnlyDictionary<TextHash, float[]> FindVectors(string modelId, IReadOnlyCollection<TextHash> hashes) => db.Read(() =>
    {
        var found = new Dictionary<TextHash, float[]>();
        foreach (TextHash hash in hashes)
        {
            using SqliteDataReader row = db.Query(FindVectorSql, modelId, Rows.Hash(hash));
            if (row.Read()) found[hash] = Rows.ReadVector(row, 0);
        }
        return found;
    });

    public IReadOnlyDictionary<long, float[]> GetVectors(string modelId, IReadOnlyCollection<long> chunkIds) => db.Read(() =>
    {
        var found = new Dictionary<long, float[]>();
        foreach (long chunk in chunkIds)
        {
            using SqliteDataReader row = db.Query(GetVectorSql, modelId, chunk);
            if (row.Read()) found[chunk] = Rows.ReadVector(row, 0);
        }
        return found;
    });

    public KeywordMatches SearchKeywords(KeywordQuery query, SearchFilter filter, int limit) => db.Read(() =>
    {
        LoadPlaces();
        return new KeywordSearch(db, filter, _places, limit).Run(query);
    });

    public IReadOnlyList<ChunkDescription> DescribeChunks(IReadOnlyCollection<long> chunkIds) => db.Read(() =>
    {
        LoadPlaces();
        return db.List(
            r => new ChunkDescription(
                r.GetInt64(0), r.GetInt64(1), r.GetInt32(2), r.GetInt32(3), Facts((MemoryKind)r.GetInt32(4), r.GetInt64(5), r.GetInt64(6)), r.GetString(7)),
            DescribeChunksSql, JsonSerializer.Serialize(chunkIds));
    });

    public IReadOnlyList<ChunkWithMemory> GetChunks(IReadOnlyCollection<long> chunkIds) => db.Read(() =>
    {
        var memories = new Dictionary<long, (StoredMemory Stored, int Chunks)>();
        var chunks = new List<ChunkWithMemory>(chunkIds.Count);
        foreach (long id in chunkIds)
        {
            foreach ((long memory, string heading, string text) in db.List(
                r => (r.GetInt64(0), r.GetString(1), r.GetString(2)), "SELECT memory_key, heading, text FROM chunks WHERE chunk_key = $1", id))
            {
                if (!memories.TryGetValue(memory, out (StoredMemory Stored, int Chunks) known))
                {
                    known = (Read(memory), (int)db.Number("SELECT count(*) FROM chunks WHERE memory_key = $1", memory));
                    memories.Add(memory, known);
                }
                chunks.Add(new ChunkWithMemory(id, heading, text, known.Stored, known.Chunks));
            }
        }
        return chunks;
    });

    public StoredMemory? Get(MemoryId id) => db.Read(() => db.FindMemory(id) is { } key ? Read(key) : null);

    public MemoryPage List(SearchFilter filter, string? cursor, int limit) => db.Read(() =>
    {
        var values = new List<object?>();
        long total = db.Number($"SELECT count(*) FROM memories m WHERE {Filter(filter, values).Conditions}", [.. values]);

        values.Clear();
        values.Add(limit);
        List<(long Key, long Ticks)> page = db.List(r => (r.GetInt64(0), r.GetInt64(1)), ListSql(Filter(filter, values), cursor, values), [.. values]);
        string? next = page.Count == limit && limit > 0 ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].Ticks}.{page[^1].Key}") : null;
        return new MemoryPage([.. page.Select(p => Read(p.Key))], total, next);
    });

    public IReadOnlyDictionary<string, KnownContent> FindContents(IReadOnlyCollection<string> keys) => db.Read(() =>
    {
        var known = new Dictionary<string, KnownContent>(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            if (db.Scalar("SELECT id FROM memories WHERE dedup_key = $1", key) is string id) known[key] = new KnownContent(Rows.Id(id));
            else if (db.Scalar("SELECT 1 FROM forgotten WHERE dedup_key = $1", key) is not null) known[key] = default;
        }
        return known;
    });

    public IReadOnlyList<long> FindSessionChunks(string session) => db.Read(() => db.List(r => r.GetInt64(0), FindSessionChunksSql, session));

    public IReadOnlyList<UsedMemory> ListMostUsed(SearchFilter filter, int limit) => db.Read(() =>
    {
        var values = new List<object?> { limit };
        string sql = MostUsedSql(Filter(filter, values));
        return db.List(r => (Key: r.GetInt64(0), Uses: r.GetInt32(1), Last: r.GetInt64(2)), sql, [.. values])
            .ConvertAll(used => new UsedMemory(Read(used.Key), used.Uses, Rows.Time(used.Last)));
    });

    public TranscriptPosition? FindTranscript(string path) => db.Read(() => db.List(
        r => new TranscriptPosition(path, r.GetInt64(0), r.GetString(1)),
        "SELECT offset_bytes, head_hash FROM transcripts WHERE path = $1", path).FirstOrDefault());

    public StoreStatistics GetStatistics(string modelId) => db.Read(() =>
    {
        Dictionary<MemoryKind, long> memories = Enum.GetValues<MemoryKind>().ToDictionary(k => k, k => db.Number("SELECT count(*) FROM memories WHERE kind = $1", (int)k));
        return new StoreStatistics(
            memories,
            db.Number("SELECT count(*) FROM chunks"),
            db.Number("SELECT count(*) FROM vectors WHERE model_key = (SELECT model_key FROM models WHERE id = $1)", modelId),
            db.Number($"SELECT count(*) FROM chunks c WHERE {Pending}", modelId),
            db.Number("SELECT count(*) FROM sources"),
            db.Number("SELECT count(*) FROM faults"),
            Length(db.Path) + Length(db.Path + "-wal"));
    });

    public IReadOnlyList<SourceFault> GetFaults(int limit) => db.Read(() => db.List(
        r => new SourceFault(r.GetString(0), r.GetString(1), Rows.Time(r.GetInt64(2))),
        "SELECT path, reason, seen_ticks FROM faults ORDER BY path LIMIT $1", limit));

    public IEnumerable<IndexedChunk> ReadVectors(string modelId)
    {
        using IDisposable snapshot = db.HoldSnapshot();
        Dictionary<long, ChunkFacts> facts = db.Guard(() =>
        {
            LoadPlaces();
            return db.List(
                r => (r.GetInt64(0), Facts((MemoryKind)r.GetInt32(1), r.GetInt64(2), r.GetInt64(3))),
                "SELECT memory_key, kind, place_key, occurred_ticks FROM memories").ToDictionary(m => m.Item1, m => m.Item2);
        });
        using SqliteDataReader rows = db.Guard(() => db.Query(ReadVectorsSql, modelId));
        while (db.Guard(rows.Read))
            yield return new IndexedChunk(rows.GetInt64(0), facts[rows.GetInt64(1)], Rows.ReadVector(rows, 2));
    }

    public IEnumerable<long> ReadChunkIds()
    {
        using IDisposable snapshot = db.HoldSnapshot();
        using SqliteDataReader rows = db.Guard(() => db.Query(ChunkIdsSql));
        Func<bool> read = rows.Read;
        while (db.Guard(read)) yield return rows.GetInt64(0);
    }

    public IEnumerable<IndexedChunk> ReadVectors(string modelId, IEnumerable<long> chunkIds)
    {
        if (db.Read(() => db.Scalar("SELECT model_key FROM models WHERE id = $1", modelId)) is not long model) return [];
        return chunkIds.SelectMany(chunk => db.Read(() => db.ReadVector(chunk, model, places)));
    }

    public IReadOnlyList<PendingChunk> GetPending(string modelId, long after, int limit) => db.Read(() => db.List(
        r => new PendingChunk(r.GetInt64(0), EmbeddingText.Compose(r.GetString(1), r.GetString(2), r.GetString(3)), Rows.ReadHash(r, 4)),
        GetPendingSql, modelId, after, limit));

    public IReadOnlyDictionary<string, long> CountVectors() => db.Read(() => db.List(
        r => KeyValuePair.Create(r.GetString(0), r.GetInt64(1)),
        "SELECT id, (SELECT count(*) FROM vectors v WHERE v.model_key = models.model_key) FROM models").ToDictionary());

    public IReadOnlyList<string> CheckIntegrity() => IntegrityCheck.Run(db);

    public void Dispose() => db.Dispose();

    /// <summary>$1 is a list of chunks. Neither texts nor bodies are read.</summary>
    internal const string DescribeChunksSql =
        """
        SELECT c.chunk_key, c.memory_key, c.ordinal, (SELECT count(*) FROM chunks x WHERE x.memory_key = c.memory_key), m.kind, m.place_key, m.occurred_ticks, m.subject
        FROM json_each($1) wanted CROSS JOIN chunks c ON c.chunk_key = wanted.value CROSS JOIN memories m ON m.memory_key = c.memory_key
        """;

    /// <summary>The index has the hash: the text beside it in the table need not be read.</summary>
    internal const string GetVectorSql =
        """
        SELECT v.vector FROM chunks c INDEXED BY chunks_in_order
        CROSS JOIN vectors v ON v.model_key = (SELECT model_key FROM models WHERE id = $1) AND v.text_hash = c.text_hash WHERE c.chunk_key = $2
        """;

    internal const string FindVectorSql =
        """
        SELECT vector FROM vectors WHERE model_key = (SELECT model_key FROM models WHERE id = $1) AND text_hash = $2
        UNION ALL
        SELECT vector FROM remembered_vectors WHERE model_key = (SELECT model_key FROM models WHERE id = $1) AND text_hash = $2 LIMIT 1
        """;

    /// <summary>By the memory's id, or by one that a source declared for it.</summary>
    internal const string FindSessionChunksSql =
        """
        SELECT c.chunk_key FROM session_memories s JOIN memories m ON m.id = s.memory_id JOIN chunks c USING(memory_key)
        WHERE s.session = $1 AND s.in_context
        UNION
        SELECT c.chunk_key FROM session_memories s JOIN holdings h ON h.declared_id = s.memory_id JOIN chunks c USING(memory_key)
        WHERE s.session = $1 AND s.in_context
        """;

    internal const string ReadVectorsSql =
        """
        SELECT c.chunk_key, c.memory_key, v.vector FROM chunks c INDEXED BY chunks_in_order
        CROSS JOIN vectors v ON v.model_key = (SELECT model_key FROM models WHERE id = $1) AND v.text_hash = c.text_hash ORDER BY c.chunk_key
        """;

    internal const string ChunkIdsSql = "SELECT chunk_key FROM chunks INDEXED BY chunks_in_order ORDER BY chunk_key";

    private const string Pending =
        "NOT EXISTS(SELECT 1 FROM vectors v WHERE v.model_key = (SELECT model_key FROM models WHERE id = $1) AND v.text_hash = c.text_hash)";

    internal const string GetPendingSql =
        $"SELECT c.chunk_key, m.subject, c.heading, c.text, c.text_hash FROM chunks c JOIN memories m USING(memory_key) WHERE c.chunk_key > $2 AND {Pending} ORDER BY c.chunk_key LIMIT $3";

    /// <summary>$1 is the limit.</summary>
    /// <exception cref="ArgumentException">The cursor is not one of ours.</exception>
    internal static string ListSql(FilterSql filter, string? cursor, List<object?> values)
    {
        string where = filter.Conditions;
        if (cursor is not null)
        {
            string[] parts = cursor.Split('.');
            if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out long ticks) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out long key))
                throw new ArgumentException("The cursor does not come from a page of this list.", nameof(cursor));
            values.AddRange([ticks, key]);
            where += $" AND (m.occurred_ticks, m.memory_key) < (${values.Count - 1}, ${values.Count})";
        }
        return $"SELECT m.memory_key, m.occurred_ticks FROM memories m WHERE {where} ORDER BY m.occurred_ticks DESC, m.memory_key DESC LIMIT $1";
    }

    /// <summary>$1 is the limit.</summary>
    internal static string MostUsedSql(FilterSql filter) =>
        $"""
        SELECT m.memory_key, count(*), max(s.noted_ticks) FROM session_memories s JOIN memories m ON m.id = s.memory_id
        WHERE s.role = {(int)SessionRole.Given} AND {filter.Conditions} GROUP BY m.memory_key ORDER BY 2 DESC, 3 DESC, 1 DESC LIMIT $1
        """;

    private FilterSql Filter(SearchFilter filter, List<object?> values)
    {
        LoadPlaces();
        return new FilterSql(filter, _places, values);
    }

    /// <summary>Places only ever come, so those after the last one known are new.</summary>
    private void LoadPlaces()
    {
        using SqliteDataReader rows = db.Query("SELECT place_key, applies_to, project FROM places WHERE place_key > $1", _places.Count == 0 ? 0L : _places.Keys.Max());
        while (rows.Read()) _places.Add(rows.GetInt64(0), places.Of(rows.GetString(1), rows.GetString(2)));
    }

    private StoredMemory Read(long key) => new(
        db.ReadMemory(key, places),
        (string?)db.Scalar(
            """
            SELECT s.path FROM holdings h JOIN sources s USING(source_key) JOIN memories m USING(memory_key)
            WHERE h.memory_key = $1 ORDER BY h.declared_id <> m.id, s.source_key LIMIT 1
            """,
            key));

    private ChunkFacts Facts(MemoryKind kind, long place, long ticks) => new(kind, _places[place].AppliesTo, _places[place].Project, Rows.Time(ticks));

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
