using System.Reflection;
using System.Text.RegularExpressions;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>Every method of the store is called; then SQLite is asked how it answers each statement that was run. None goes through a whole table, but those named here.</summary>
public sealed class StatementPlanTests : IDisposable
{
    private const int TooManyToWeigh = 3001;

    /// <summary>Statements (with a semicolon), or how they begin, that go through a table or an index on purpose.</summary>
    private static readonly Dictionary<string, string> OnPurpose = new()
    {
        ["SELECT dedup_key FROM forgotten"] = "start: compared with the log; one row for each memory forgotten",
        ["SELECT name FROM vector_files"] = "one row for each model",
        ["SELECT model_key, id FROM models"] = "one row for each model",
        ["SELECT id, (SELECT count(*) FROM vectors v WHERE"] = "recall model list",
        ["SELECT count(*) FROM memories m WHERE true"] = "a list says how many there are",
        ["SELECT m.memory_key, m.occurred_ticks FROM memories m WHERE true ORDER BY"] = "a page, in the order of the index",
        ["SELECT 1 FROM memories m WHERE true LIMIT 1"] = "ends at the first row",
        ["SELECT 1 FROM memories m WHERE m.memory_key NOT IN (SELECT"] = "ends at the first row that is not excluded",
        ["SELECT count(*) FROM (SELECT 1 FROM chunk_words WHERE chunk_words MATCH"] = "counts what the full text found",
        ["SELECT count(*) FROM chunks"] = "status",
        ["SELECT count(*) FROM sources"] = "status",
        ["SELECT count(*) FROM faults"] = "status",
        ["SELECT path, reason, seen_ticks FROM faults ORDER BY path LIMIT"] = "status; the first rows",
        ["SELECT count(*) FROM chunks c WHERE NOT EXISTS"] = "status: chunks without a vector",
        ["SELECT memory_key, kind, place_key, occurred_ticks FROM memories"] = "start without a file of vectors",
        ["SELECT c.chunk_key, c.memory_key, v.vector FROM chunks c INDEXED BY chunks_in_order"] = "start without a file of vectors",
        ["SELECT chunk_key FROM chunks INDEXED BY chunks_in_order ORDER BY"] = "start: compared with the file of vectors",
        ["SELECT count(*) FROM vectors v WHERE NOT EXISTS"] = "housekeeping, where many chunks have gone; by indexes alone",
        ["DELETE FROM vectors WHERE vector_key IN (SELECT vector_key FROM vectors v INDEXED BY"] = "housekeeping, where many chunks have gone; by indexes alone",
        ["DELETE FROM vectors WHERE NOT EXISTS"] = "purge",
        ["DELETE FROM vector_files;"] = "forget and purge: one row for each model",
        ["DELETE FROM remembered_vectors;"] = "purge",
        ["DELETE FROM places WHERE NOT EXISTS"] = "purge",
        ["DELETE FROM remembered_vectors WHERE used IN"] = "a model that is given up; a bounded table",
        ["DELETE FROM models WHERE model_key"] = "a model that is given up: no remembered vector may be its; a bounded table",
    };

    private readonly TempFolder _folder = new();
    private readonly StoreConnection _write;
    private readonly StoreConnection _read;
    private readonly SqliteMemoryWriter _realWriter;
    private readonly IMemoryWriter _writer;
    private readonly IMemoryReader _reader;

    public StatementPlanTests()
    {
        var time = TimeProvider.System;
        string file = _folder["index.db"];
        var options = new SqliteStoreOptions(SpareVectors: 0, RememberedVectors: 1);
        new SqliteMemoryStore(file, new ForgottenLog(_folder["none.jsonl"], time), time, options).OpenWriter().Dispose();
        File.WriteAllText(_folder["forgotten.jsonl"], "");
        (_write, _read) = (StoreConnection.Open(file, writer: true, options, new StoreHealth()), StoreConnection.Open(file, writer: false, options, new StoreHealth()));
        var places = new Places();
        _realWriter = new SqliteMemoryWriter(_write, places, new ForgottenLog(_folder["forgotten.jsonl"], time), options);
        _writer = Calls<IMemoryWriter>.To(_realWriter);
        _reader = Calls<IMemoryReader>.To(new SqliteMemoryReader(_read, places));
    }

    public void Dispose()
    {
        _write.Dispose();
        _read.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void No_statement_goes_through_a_table_by_accident()
    {
        UseWriter();
        UseReader();
        Assert.Empty(Calls<IMemoryWriter>.NotMade(_writer));
        Assert.Empty(Calls<IMemoryReader>.NotMade(_reader));

        string[] statements = [.. _write.Statements.Concat(_read.Statements)
            .Where(sql => Regex.IsMatch(sql, @"^\s*(SELECT|INSERT|UPDATE|DELETE)\b")).Select(sql => Regex.Replace(sql.Trim(), @"\s+", " ")).Distinct()];
        Assert.Contains(statements, sql => sql.Contains("OFFSET $2", StringComparison.Ordinal)); // the newest of a common word
        string[] scanning = [.. statements.Where(Scans)];
        Assert.Equal([], OnPurpose.Keys.Where(known => !scanning.Any(sql => $"{sql};".StartsWith(known, StringComparison.Ordinal))));
        Assert.Equal([], scanning.Where(sql => !OnPurpose.Keys.Any($"{sql};".StartsWith)).Select(sql => $"{sql}: {string.Join(" | ", Plan(sql))}"));
    }

    [Fact]
    public void What_a_row_is_referred_to_by_is_found_by_an_index()
    {
        foreach (string table in _write.List(r => r.GetString(0), "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%REFERENCES%'"))
        {
            string[] indexed = [.. _write.List(r => r.GetString(0), $"SELECT c.name FROM pragma_index_list('{table}') i, pragma_index_info(i.name) c WHERE c.seqno = 0"),
                .. _write.List(r => r.GetString(0), $"SELECT name FROM pragma_table_info('{table}') WHERE pk = 1")];
            string[] referring = [.. _write.List(r => r.GetString(0), $"""SELECT "from" FROM pragma_foreign_key_list('{table}')""")];
            Assert.NotEmpty(referring);
            if (table != "remembered_vectors") Assert.Equal([], referring.Except(indexed)); // that one is bounded, and a model goes seldom
        }
    }

    private bool Scans(string sql) => Plan(sql).Any(step => step.StartsWith("SCAN", StringComparison.Ordinal)
        && !step.Contains("CONSTANT ROW", StringComparison.Ordinal) && !step.Contains("json_each", StringComparison.Ordinal) && !step.StartsWith("SCAN wanted", StringComparison.Ordinal)
        && !Regex.IsMatch(step, @"VIRTUAL TABLE INDEX \d+:\S")); // without a condition in it, all of the full text

    private List<string> Plan(string sql)
    {
        int values = Regex.Matches(sql, @"\$(\d+)").Select(m => int.Parse(m.Groups[1].ValueSpan)).DefaultIfEmpty().Max();
        return _write.List(r => r.GetString(3), "EXPLAIN QUERY PLAN " + sql, new object?[values]);
    }

    private void UseWriter()
    {
        _realWriter.TakeOverForgotten();
        _realWriter.DeleteStrayFiles();
        Memory twoChunks = Given.Memory(1, "Some words\n\nMore words", project: "/p", keywords: "key");
        _writer.Store(Given.Entry("/m/1.md", twoChunks));
        _writer.Store(Given.Entry("/m/copy.md", twoChunks with { Id = Given.Id(9) }));
        _writer.Store(Given.Entry("/m/1.md", Given.Memory(1, "Other words"), Given.Memory(2, "Second words")));
        _writer.Store(Given.Entry("/m/1.md", Given.Memory(1, "Other words", subject: "Another subject"), Given.Memory(3, "Second words")));
        _writer.Store(Given.Entry("/m/taken.md", Given.Memory(1, "The id is another's")));
        _writer.Store(new IndexEntry(Given.Source("/m/long.md"), Given.Model,
            [Given.Input(Given.Memory(4, string.Join("\n\n", Enumerable.Range(0, TooManyToWeigh).Select(i => $"common {i}"))), vectors: false)]));
        _writer.RecordFault(new SourceFault("/m/bad.md", "bad", Given.Start));
        _writer.PutVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("common 1")] = Given.Vector("common 1") });
        _writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = Given.Vector("a query") });
        _writer.NoteSessionMemories("s", [Given.Id(1)], SessionRole.Given, Given.Start);
        _writer.ForgetGiven("s");
        _writer.RememberTranscript(new TranscriptPosition("/t", 1, "h"), Given.Start);
        using (IVectorDraft draft = _writer.NewVectorFile(Given.Model))
        {
            draft.Flush();
            Assert.True(draft.Keep());
        }
        _writer.OpenVectorFile(Given.Model)!.Dispose();
        _writer.RemoveSources(["/m/copy.md"]);
        _writer.Checkpoint();
        Assert.NotNull(_writer.Forget(Given.Id(3)));
        _writer.Store(Given.Entry("/m/1.md", Given.Memory(3, "Second words")));
        _writer.Store(Given.Entry("/m/1.md", Given.Memory(3, "Second words")) with { Deliberate = true });
        _writer.Purge(everywhere: true);
        _writer.DropVectors(_ => false, 10);
    }

    private void UseReader()
    {
        long[] chunks = [.. _reader.ReadChunkIds()];
        _reader.FindSource("/m/1.md");
        _reader.SourcesBelow("/m");
        _reader.FindVectors(Given.Model, [Given.Hash("x")]);
        _reader.GetVectors(Given.Model, chunks);
        SearchFilter[] filters =
        [
            SearchFilter.None, new([MemoryKind.Thinking]), new([MemoryKind.Thinking, MemoryKind.Document]), new(Scope: Scope.Area("x")), new(Project: "/p"),
            new(Since: Given.Start), new(Until: Given.Start), new([MemoryKind.Episodic], Scope.Area("x"), "/p", Given.Start, Given.Start.AddDays(1)),
            SearchFilter.None with { Excluded = chunks.Take(2).ToHashSet() },
        ];
        foreach (SearchFilter filter in filters)
        {
            foreach (string[] words in (string[][])[["common"], ["words"], ["common", "words"], ["none"]])
                _reader.SearchKeywords(Given.Words(words), filter, words.Length == 2 ? 5 : 10);
            _reader.List(filter with { Excluded = null }, null, 1); // no list excludes
            _reader.List(filter with { Excluded = null }, "1.1", 1);
            _reader.ListMostUsed(filter, 1);
        }
        _reader.DescribeChunks(chunks);
        _reader.GetChunks(chunks);
        _reader.Get(Given.Id(1));
        _reader.Get(Given.Id(77));
        _reader.FindContents(["x"]);
        _reader.FindSessionChunks("s");
        _reader.FindTranscript("/t");
        _reader.GetStatistics(Given.Model);
        _reader.GetFaults(1);
        _ = _reader.ReadVectors(Given.Model).Count();
        _ = _reader.ReadVectors(Given.Model, chunks).Count();
        _reader.GetPending(Given.Model, 0, 1);
        _reader.CountVectors();
    }

    /// <summary>Passes calls on and keeps which were made.</summary>
    internal class Calls<T> : DispatchProxy where T : class
    {
        private readonly HashSet<MethodInfo> _made = [];
        private T _target = null!;

        public static T To(T target)
        {
            T proxy = Create<T, Calls<T>>();
            ((Calls<T>)(object)proxy)._target = target;
            return proxy;
        }

        public static IEnumerable<string> NotMade(T proxy) => typeof(T).GetMethods()
            .Where(method => method.Name != nameof(IMemoryReader.CheckIntegrity) && !((Calls<T>)(object)proxy)._made.Contains(method)).Select(method => method.Name);

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            _made.Add(method!);
            return method!.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
    }
}
