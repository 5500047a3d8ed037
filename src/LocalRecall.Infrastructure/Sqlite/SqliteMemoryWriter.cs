using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>The one writing connection. Every method is one transaction.</summary>
internal sealed class SqliteMemoryWriter(StoreConnection db, Places places, ForgottenLog forgotten, SqliteStoreOptions options) : IMemoryWriter
{
    /// <summary>How long it is known what a session wrote and was given, and how far its transcript was read.</summary>
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(60);

    private readonly VectorFiles _vectorFiles = new(db);

    /// <summary>Chunks were deleted since the full text was last rid of such.</summary>
    private bool _leftovers = true;

    /// <summary>Vectors that no chunk needs are at most so many of each model; null: not counted yet. Counting looks at every vector.</summary>
    private long? _spareAtMost;

    /// <summary>Takes over what was forgotten according to the log, which survives the index; finishes a forgetting that a crash cut short.</summary>
    public void TakeOverForgotten() => db.Write(() =>
    {
        IReadOnlySet<string> logged = forgotten.Load();
        HashSet<string> known = [.. db.List(r => r.GetString(0), "SELECT dedup_key FROM forgotten")];
        if (forgotten.IsMissing)
        {
            foreach (string key in known) forgotten.Forget(key);
            return 0;
        }
        foreach (string key in known.Except(logged)) db.Execute("DELETE FROM forgotten WHERE dedup_key = $1", key);
        foreach (string key in logged.Except(known))
        {
            db.Execute("INSERT INTO forgotten(dedup_key) VALUES($1)", key);
            if (FindByContent(key) is { } memory) EraseForGood(memory, new Changes());
        }
        return 0;
    });

    public Stream? OpenVectorFile(string modelId) => _vectorFiles.Open(modelId);

    public IVectorDraft NewVectorFile(string modelId) => _vectorFiles.Begin(modelId);

    /// <summary>Deletes files of vectors that a crash left behind, or kept from being purged.</summary>
    public void DeleteStrayFiles() => _vectorFiles.DeleteOthers();

    public StoreOutcome Store(IndexEntry entry) => db.Write(() =>
    {
        var changes = new Changes();
        long model = ModelKey(entry.ModelId);
        long source = PutSource(entry.Source);
        List<long> held = MemoriesOf(source);
        db.Execute("DELETE FROM holdings WHERE source_key = $1", source);

        var stored = new StoredAs[entry.Memories.Count];
        var keys = new string?[stored.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            Memory memory = entry.Memories[i].Memory;
            string key = DedupKey.Of(memory);
            if (MayStore(key, entry.Deliberate)) keys[i] = key;
            else stored[i] = new StoredAs(memory.Id, Duplicate: false, Forgotten: true);
        }

        // What this source no longer holds goes, or is renamed, before anything comes: the ids may be wanted.
        var linked = new bool[stored.Length];
        for (int i = 0; i < stored.Length; i++)
        {
            if (keys[i] is not { } key || FindByContent(key) is not { } known) continue;
            linked[i] = true;
            stored[i] = new StoredAs(default, Duplicate: IsHeld(known));
            Hold(source, known, entry.Memories[i].Memory.Id);
        }
        foreach (long memory in held) Release(memory, source, changes);

        for (int i = 0; i < stored.Length; i++)
        {
            if (keys[i] is not { } key) continue;
            IndexedMemoryInput input = entry.Memories[i];
            long? known = FindByContent(key);
            if (known is { } there)
            {
                bool duplicate = linked[i] ? stored[i].Duplicate : true;
                Hold(source, there, input.Memory.Id);
                if (!duplicate || input.Memory.Id == IdOf(there)) Refresh(there, input, model, changes);
                stored[i] = new StoredAs(IdOf(there), duplicate);
            }
            else
            {
                MemoryId id = IsTaken(input.Memory.Id) ? Derive(input.Memory.Id, key) : input.Memory.Id;
                long added = Insert(id, key, input.Memory);
                Hold(source, added, input.Memory.Id);
                AddChunks(added, input, model, changes);
                stored[i] = new StoredAs(id, Duplicate: false);
            }
        }
        db.Execute("DELETE FROM faults WHERE path = $1", entry.Source.Path);
        return new StoreOutcome(WithVectors(model, changes), changes.Removed, stored);
    });

    public IReadOnlyList<RemovedChunk> RemoveSources(IReadOnlyList<string> paths) => db.Write(() =>
    {
        var changes = new Changes();
        foreach (string path in paths)
        {
            db.Execute("DELETE FROM faults WHERE path = $1", path);
            if (db.Scalar("SELECT source_key FROM sources WHERE path = $1", path) is not long source) continue;
            List<long> held = MemoriesOf(source);
            db.Execute("DELETE FROM sources WHERE source_key = $1", source);
            foreach (long memory in held) Release(memory, source, changes);
        }
        return changes.Removed;
    });

    public ForgottenMemory? Forget(MemoryId id) => db.Write(() =>
    {
        if (db.FindMemory(id) is not { } key) return null;
        Memory memory = db.ReadMemory(key, places);
        string dedupKey = (string)db.Scalar("SELECT dedup_key FROM memories WHERE memory_key = $1", key)!;
        List<(long Key, string Path)> sources = db.List(
            r => (r.GetInt64(0), r.GetString(1)),
            "SELECT DISTINCT s.source_key, s.path FROM holdings h JOIN sources s USING(source_key) WHERE h.memory_key = $1 ORDER BY s.source_key", key);

        // The log first: it is what a rebuilt index believes.
        forgotten.Forget(dedupKey);
        db.Execute("INSERT OR IGNORE INTO forgotten(dedup_key) VALUES($1)", dedupKey);
        var changes = new Changes();
        EraseForGood(key, changes);
        foreach ((long source, _) in sources)
            db.Execute("DELETE FROM sources WHERE source_key = $1 AND NOT EXISTS(SELECT 1 FROM holdings WHERE source_key = $1)", source);
        return new ForgottenMemory(memory, [.. sources.Select(s => s.Path)], changes.Removed);
    });

    public void RecordFault(SourceFault fault) => db.Write(() => db.Execute(
        "INSERT INTO faults(path, reason, seen_ticks) VALUES($1, $2, $3) ON CONFLICT(path) DO UPDATE SET reason = excluded.reason, seen_ticks = excluded.seen_ticks",
        fault.Path, fault.Reason, Rows.Ticks(fault.SeenAt)));

    public IReadOnlyList<IndexedChunk> PutVectors(string modelId, IReadOnlyDictionary<TextHash, float[]> vectors) => db.Write(() =>
    {
        var changes = new Changes();
        long model = ModelKey(modelId);
        foreach ((TextHash hash, float[] vector) in vectors) PutVector(model, Rows.Hash(hash), vector, changes);
        _spareAtMost += vectors.Count; // a chunk may have gone meanwhile
        return WithVectors(model, changes);
    });

    public int DropVectors(Func<string, bool> keepsModel, int limit) => db.Write(() =>
    {
        int dropped = 0;
        foreach ((long model, string id) in db.List(r => (r.GetInt64(0), r.GetString(1)), "SELECT model_key, id FROM models").Where(m => !keepsModel(m.Item2)))
        {
            db.Execute("DELETE FROM vector_files WHERE model_key = $1", model); // it would be read as if all its vectors were there
            dropped += db.Execute("DELETE FROM vectors WHERE vector_key IN (SELECT vector_key FROM vectors WHERE model_key = $1 LIMIT $2)", model, limit - dropped);
            dropped += db.Execute("DELETE FROM remembered_vectors WHERE used IN (SELECT used FROM remembered_vectors WHERE model_key = $1 LIMIT $2)", model, limit - dropped);
            if (dropped == limit) break;
            db.Execute("DELETE FROM models WHERE model_key = $1", model);
        }
        return dropped;
    });

    public void RememberVectors(string modelId, IReadOnlyDictionary<TextHash, float[]> vectors)
    {
        if (options.RememberedVectors == 0) return;
        db.Write(() =>
        {
            long model = ModelKey(modelId);
            foreach ((TextHash hash, float[] vector) in vectors) Remember(model, Rows.Hash(hash), vector);
            return db.Execute("DELETE FROM remembered_vectors WHERE used <= (SELECT max(used) FROM remembered_vectors) - $1", options.RememberedVectors);
        });
    }

    public void NoteSessionMemories(string session, IReadOnlyCollection<MemoryId> ids, SessionRole role, DateTimeOffset at) => db.Write(() =>
    {
        foreach (MemoryId id in ids)
        {
            db.Execute(
                """
                INSERT INTO session_memories(session, memory_id, role, in_context, noted_ticks) VALUES($1, $2, $3, 1, $4)
                ON CONFLICT DO UPDATE SET in_context = 1, noted_ticks = excluded.noted_ticks
                """,
                session, id.ToString(), (int)role, Rows.Ticks(at));
        }
        return db.Execute("DELETE FROM session_memories WHERE noted_ticks < $1", Rows.Ticks(at - SessionsKept));
    });

    public void ForgetGiven(string session) => db.Write(() =>
        db.Execute("UPDATE session_memories SET in_context = 0 WHERE session = $1 AND role = $2", session, (int)SessionRole.Given));

    public void RememberTranscript(TranscriptPosition position, DateTimeOffset at) => db.Write(() =>
    {
        db.Execute(
            """
            INSERT INTO transcripts(path, offset_bytes, head_hash, read_ticks) VALUES($1, $2, $3, $4)
            ON CONFLICT DO UPDATE SET offset_bytes = excluded.offset_bytes, head_hash = excluded.head_hash, read_ticks = excluded.read_ticks
            """,
            position.Path, position.OffsetBytes, position.HeadHash, Rows.Ticks(at));
        return db.Execute("DELETE FROM transcripts WHERE read_ticks < $1", Rows.Ticks(at - SessionsKept));
    });

    public void Purge(bool everywhere)
    {
        if (everywhere || _leftovers)
        {
            db.Write(() =>
            {
                if (everywhere)
                {
                    db.Execute("DELETE FROM vectors WHERE NOT EXISTS(SELECT 1 FROM chunks c WHERE c.text_hash = vectors.text_hash)");
                    db.Execute("DELETE FROM remembered_vectors");
                    _vectorFiles.Drop();
                    db.Execute("DELETE FROM places WHERE NOT EXISTS(SELECT 1 FROM memories m WHERE m.place_key = places.place_key)");
                }
                return db.Execute("INSERT INTO chunk_words(chunk_words) VALUES('optimize')"); // FTS5 only marks what is deleted; this writes it anew without.
            });
            if (everywhere) db.Guard(() => db.Execute("VACUUM"));
            _leftovers = false;
        }
        if (!_vectorFiles.DeleteOthers()) throw new StoreException($"A file of vectors beside {db.Path} is still in use.", StoreFault.Busy);
        if (db.Guard(() => db.Number("PRAGMA wal_checkpoint(TRUNCATE)")) != 0)
            throw new StoreException($"The log of {db.Path} is still being read.", StoreFault.Busy);
    }

    public void Checkpoint()
    {
        if (_spareAtMost is null || _spareAtMost > options.SpareVectors)
        {
            _spareAtMost = db.Write(() =>
            {
                long spare = db.Number("SELECT count(*) FROM vectors v WHERE NOT EXISTS(SELECT 1 FROM chunks c WHERE c.text_hash = v.text_hash)");
                return spare <= options.SpareVectors ? spare : spare - db.Execute(DropSpareSql, spare - options.SpareVectors);
            });
        }
        // Passive: never waits for a reader; what one still needs stays in the log until next time.
        db.Guard(() => db.Execute("PRAGMA wal_checkpoint(PASSIVE)"));
    }

    /// <summary>$1 is how many, the oldest first. By an index, since the table is as large as its vectors.</summary>
    private const string DropSpareSql =
        """
        DELETE FROM vectors WHERE vector_key IN (SELECT vector_key FROM vectors v INDEXED BY vectors_by_hash
        WHERE NOT EXISTS(SELECT 1 FROM chunks c WHERE c.text_hash = v.text_hash) ORDER BY vector_key LIMIT $1)
        """;

    public void Dispose()
    {
        db.EmptyLog();
        db.Dispose();
    }

    /// <summary>What a transaction did to chunks.</summary>
    private sealed class Changes
    {
        public List<RemovedChunk> Removed { get; } = [];

        public HashSet<long> Inserted { get; } = [];

        public List<byte[]> NewVectors { get; } = [];

        public void Remove(long chunk)
        {
            if (!Inserted.Remove(chunk)) Removed.Add(new RemovedChunk(chunk));
        }
    }

    private long ModelKey(string id)
    {
        db.Execute("INSERT OR IGNORE INTO models(id) VALUES($1)", id);
        return db.Number("SELECT model_key FROM models WHERE id = $1", id);
    }

    private long PutSource(SourceState source) => db.Number(
        """
        INSERT INTO sources(path, file_hash, length_bytes, modified_ticks) VALUES($1, $2, $3, $4)
        ON CONFLICT(path) DO UPDATE SET file_hash = excluded.file_hash, length_bytes = excluded.length_bytes, modified_ticks = excluded.modified_ticks
        RETURNING source_key
        """,
        source.Path, source.FileHash, source.LengthBytes, Rows.Ticks(source.ModifiedAt));

    private bool MayStore(string key, bool deliberate)
    {
        if (db.Scalar("SELECT 1 FROM forgotten WHERE dedup_key = $1", key) is null) return true;
        if (!deliberate) return false;
        forgotten.Remember(key);
        db.Execute("DELETE FROM forgotten WHERE dedup_key = $1", key);
        return true;
    }

    private List<long> MemoriesOf(long source) =>
        db.List(r => r.GetInt64(0), "SELECT DISTINCT memory_key FROM holdings WHERE source_key = $1", source);

    private long? FindByContent(string dedupKey) => (long?)db.Scalar("SELECT memory_key FROM memories WHERE dedup_key = $1", dedupKey);

    private bool IsHeld(long memory) => db.Scalar("SELECT 1 FROM holdings WHERE memory_key = $1 LIMIT 1", memory) is not null;

    private void Hold(long source, long memory, MemoryId declared) =>
        db.Execute("INSERT OR IGNORE INTO holdings(source_key, memory_key, declared_id) VALUES($1, $2, $3)", source, memory, declared.ToString());

    private MemoryId IdOf(long memory) => Rows.Id((string)db.Scalar("SELECT id FROM memories WHERE memory_key = $1", memory)!);

    private bool IsTaken(MemoryId id) => db.Scalar("SELECT 1 FROM memories WHERE id = $1", id.ToString()) is not null;

    /// <summary>The name of a memory whose id already means another one: always the same for the same content.</summary>
    private static MemoryId Derive(MemoryId id, string dedupKey)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {dedupKey}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new MemoryId(new Guid(bytes, bigEndian: true));
    }

    /// <summary>After a source may have let go of a memory: erased if no other holds it, else named after one that does.</summary>
    private void Release(long memory, long source, Changes changes)
    {
        if (!IsHeld(memory))
        {
            Erase(memory, changes);
            return;
        }
        db.Execute(
            """
            UPDATE memories SET id = coalesce(
              (SELECT min(h.declared_id) FROM holdings h WHERE h.memory_key = $1 AND NOT EXISTS(SELECT 1 FROM memories other WHERE other.id = h.declared_id)), id)
            WHERE memory_key = $1 AND NOT EXISTS(SELECT 1 FROM holdings h WHERE h.memory_key = $1 AND h.declared_id = memories.id)
            """,
            memory);

        // What is stored may be the former source's subject or time. This one no longer counts as current, so it will be read again.
        db.Execute(
            """
            UPDATE sources SET file_hash = '', length_bytes = -1 WHERE source_key = (
              SELECT h.source_key FROM holdings h JOIN memories m USING(memory_key) WHERE m.memory_key = $1 ORDER BY h.declared_id <> m.id, h.source_key LIMIT 1)
            AND NOT EXISTS(SELECT 1 FROM holdings WHERE memory_key = $1 AND source_key = $2)
            """,
            memory, source);
    }

    private void Erase(long memory, Changes changes)
    {
        EraseChunks(memory, changes);
        db.Execute("DELETE FROM memories WHERE memory_key = $1", memory);
    }

    /// <summary>With its vectors, unless another memory has the same text, and the files that hold them.</summary>
    private void EraseForGood(long memory, Changes changes)
    {
        List<byte[]> hashes = db.List(r => r.GetFieldValue<byte[]>(0), "SELECT DISTINCT text_hash FROM chunks WHERE memory_key = $1", memory);
        Erase(memory, changes);
        _vectorFiles.Drop();
        foreach (byte[] hash in hashes)
        {
            db.Execute("DELETE FROM vectors WHERE text_hash = $1 AND NOT EXISTS(SELECT 1 FROM chunks WHERE text_hash = $1)", hash);
            db.Execute("DELETE FROM remembered_vectors WHERE text_hash = $1", hash);
        }
    }

    private void EraseChunks(long memory, Changes changes)
    {
        foreach (long chunk in db.List(r => r.GetInt64(0), "SELECT chunk_key FROM chunks WHERE memory_key = $1", memory))
        {
            db.Execute("DELETE FROM chunk_words WHERE rowid = $1", chunk);
            changes.Remove(chunk);
            _spareAtMost++;
        }
        db.Execute("DELETE FROM chunks WHERE memory_key = $1", memory);
        _leftovers = true;
    }

    private long PlaceKey(Memory memory)
    {
        string project = memory.Project ?? "";
        db.Execute("INSERT OR IGNORE INTO places(applies_to, project) VALUES($1, $2)", memory.AppliesTo.Text, project);
        return db.Number("SELECT place_key FROM places WHERE applies_to = $1 AND project = $2", memory.AppliesTo.Text, project);
    }

    private long Insert(MemoryId id, string dedupKey, Memory memory) => db.Number(
        """
        INSERT INTO memories(id, dedup_key, kind, place_key, occurred_ticks, subject, keywords, body)
        VALUES($1, $2, $3, $4, $5, $6, $7, $8) RETURNING memory_key
        """,
        id.ToString(), dedupKey, (int)memory.Kind, PlaceKey(memory), Rows.Ticks(memory.OccurredAt), memory.Subject, Rows.Keywords(memory.Keywords), memory.Body);

    /// <summary>The same content with another subject, time or chunking: what came last counts.</summary>
    private void Refresh(long memory, IndexedMemoryInput input, long model, Changes changes)
    {
        Memory now = input.Memory;
        bool sameFacts = db.Scalar(
            "SELECT 1 FROM memories WHERE memory_key = $1 AND place_key = $2 AND occurred_ticks = $3 AND subject = $4 AND keywords = $5",
            memory, PlaceKey(now), Rows.Ticks(now.OccurredAt), now.Subject, Rows.Keywords(now.Keywords)) is not null;
        List<(int, string, string, int, TextHash)> chunks = db.List(
            r => (r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetInt32(3), Rows.ReadHash(r, 4)),
            "SELECT ordinal, heading, text, token_count, text_hash FROM chunks WHERE memory_key = $1 ORDER BY ordinal", memory);
        if (sameFacts && chunks.SequenceEqual(input.Chunks.Select(c => (c.Ordinal, c.HeadingPath, c.Text, c.TokenCount, c.EmbeddingTextHash))))
        {
            foreach (Chunk chunk in input.Chunks) PutVector(model, Rows.Hash(chunk.EmbeddingTextHash), chunk.Vector, changes);
            return;
        }
        EraseChunks(memory, changes);
        db.Execute(
            "UPDATE memories SET place_key = $2, occurred_ticks = $3, subject = $4, keywords = $5 WHERE memory_key = $1",
            memory, PlaceKey(now), Rows.Ticks(now.OccurredAt), now.Subject, Rows.Keywords(now.Keywords));
        AddChunks(memory, input, model, changes);
    }

    private void AddChunks(long memory, IndexedMemoryInput input, long model, Changes changes)
    {
        string keywords = string.Join('\n', input.Memory.Keywords);
        foreach (Chunk chunk in input.Chunks)
        {
            byte[] hash = Rows.Hash(chunk.EmbeddingTextHash);
            long key = db.Number(
                "INSERT INTO chunks(memory_key, ordinal, token_count, text_hash, heading, text) VALUES($1, $2, $3, $4, $5, $6) RETURNING chunk_key",
                memory, chunk.Ordinal, chunk.TokenCount, hash, chunk.HeadingPath, chunk.Text);
            db.Execute(
                "INSERT INTO chunk_words(rowid, subject, keywords, heading, text, parts) VALUES($1, $2, $3, $4, $5, $6)",
                key, input.Memory.Subject, keywords, chunk.HeadingPath, chunk.Text,
                KeywordText.Extra(string.Join('\n', input.Memory.Subject, keywords, chunk.HeadingPath, chunk.Text)));
            changes.Inserted.Add(key);
            PutVector(model, hash, chunk.Vector, changes);
        }
    }

    private void PutVector(long model, byte[] hash, float[]? vector, Changes changes)
    {
        if (vector is null) return;
        CheckLength(model, vector);
        if (db.Execute("INSERT OR IGNORE INTO vectors(model_key, text_hash, vector) VALUES($1, $2, $3)", model, hash, Rows.Vector(vector)) > 0)
            changes.NewVectors.Add(hash);
    }

    /// <summary>One that is there moves to the front only out of the older half, so that asking again and again writes nothing.</summary>
    private void Remember(long model, byte[] hash, float[] vector)
    {
        CheckLength(model, vector);
        db.Execute(
            """
            UPDATE remembered_vectors SET used = (SELECT max(used) FROM remembered_vectors) + 1
            WHERE text_hash = $1 AND model_key = $2 AND used <= (SELECT max(used) FROM remembered_vectors) - $3
            """,
            hash, model, options.RememberedVectors / 2);
        db.Execute(
            """
            INSERT OR IGNORE INTO remembered_vectors(text_hash, model_key, vector)
            SELECT $1, $2, $3 WHERE NOT EXISTS(SELECT 1 FROM vectors WHERE model_key = $2 AND text_hash = $1)
            """,
            hash, model, Rows.Vector(vector));
    }

    private void CheckLength(long model, float[] vector)
    {
        object? dimensions = db.Scalar("SELECT dimensions FROM models WHERE model_key = $1", model);
        if (dimensions is null) db.Execute("UPDATE models SET dimensions = $2 WHERE model_key = $1", model, vector.Length);
        else if ((long)dimensions != vector.Length)
            throw new ArgumentException($"A vector of {vector.Length} floats; this model's others have {dimensions}.", nameof(vector));
    }

    /// <summary>Chunks that came, and older ones whose text got its vector just now.</summary>
    private List<IndexedChunk> WithVectors(long model, Changes changes)
    {
        var chunks = new SortedSet<long>(changes.Inserted);
        foreach (byte[] hash in changes.NewVectors)
            chunks.UnionWith(db.List(r => r.GetInt64(0), "SELECT chunk_key FROM chunks WHERE text_hash = $1", hash));

        var result = new List<IndexedChunk>(chunks.Count);
        foreach (long chunk in chunks)
            result.AddRange(db.ReadVector(chunk, model, places));
        return result;
    }
}
