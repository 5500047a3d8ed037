using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class DamageTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    private void Fill()
    {
        for (int i = 0; i < 300; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Text {i} " + string.Concat(Enumerable.Repeat($"filler {i} ", 40))));
        _store.Writer.Checkpoint();
        _store.Close();
    }

    private void AssertStartedAfresh(byte[] damaged)
    {
        string aside = _store.Store.RebuildNeeded!;
        Assert.StartsWith(_store.File + ".damaged-", aside);
        Assert.Equal(damaged, File.ReadAllBytes(aside));
        Assert.Equal(0, _store.Reader.GetStatistics(Given.Model).Sources);
        Assert.NotEmpty(_store.Put("/m/1.md", Given.Memory(1, "The text")).Added);
        Assert.Empty(_store.Reader.CheckIntegrity());
    }

    [Fact]
    public void A_sound_file_needs_no_rebuilding()
    {
        Fill();
        _store.Reopen();
        Assert.Null(_store.Store.RebuildNeeded);
        Assert.Equal(300, _store.Reader.GetStatistics(Given.Model).Chunks);
    }

    [Fact]
    public void A_file_that_is_no_database_is_moved_aside_with_its_log()
    {
        _store.Close();
        byte[] nonsense = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))];
        File.WriteAllBytes(_store.File, nonsense);
        File.WriteAllText(_store.File + "-wal", "and a log");
        _store.Reopen();
        Assert.Equal("and a log", File.ReadAllText(_store.Store.RebuildNeeded + "-wal"));
        AssertStartedAfresh(nonsense);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void A_file_cut_short_is_moved_aside(double part)
    {
        Fill();
        using (FileStream file = File.OpenWrite(_store.File)) file.SetLength((long)(file.Length * part) / 8192 * 8192);
        byte[] damaged = File.ReadAllBytes(_store.File);
        _store.Reopen();
        AssertStartedAfresh(damaged);
    }

    [Fact]
    public void An_empty_file_is_simply_new()
    {
        _store.Close();
        File.WriteAllBytes(_store.File, []);
        _store.Reopen();
        Assert.Null(_store.Store.RebuildNeeded);
        Assert.Empty(_store.Reader.CheckIntegrity());
    }

    [Fact]
    public void Damage_met_while_reading_is_confirmed_and_moved_aside_when_the_writer_opens_again()
    {
        Fill();
        byte[] bytes = File.ReadAllBytes(_store.File);
        long root;
        using (var db = new SqliteConnection($"Data Source={_store.File};Mode=ReadOnly;Pooling=False"))
        {
            db.Open();
            using SqliteCommand command = db.CreateCommand();
            command.CommandText = "SELECT rootpage FROM sqlite_schema WHERE name = 'memories_by_time'";
            root = (long)command.ExecuteScalar()!;
        }
        Array.Fill<byte>(bytes, 0xEE, (int)(root - 1) * 8192, 8192);
        File.WriteAllBytes(_store.File, bytes);

        _store.Reopen();
        Assert.Null(_store.Store.RebuildNeeded);
        Assert.NotEmpty(_store.Reader.CheckIntegrity());
        Assert.Equal(StoreFault.Corrupt, Assert.Throws<StoreException>(() => _store.Reader.List(SearchFilter.None, null, 10)).Fault);

        IMemoryReader old = _store.Reader;
        _store.Writer.Dispose();
        using IMemoryWriter writer = _store.Store.OpenWriter();
        Assert.NotNull(_store.Store.RebuildNeeded);
        Assert.Contains("opened again", Assert.Throws<StoreException>(() => old.Get(Given.Id(1))).Message);
        using IMemoryReader reader = _store.Store.OpenReader();
        Assert.Equal(0, reader.List(SearchFilter.None, null, 10).Total);
    }

    [Theory]
    [InlineData("DELETE FROM chunk_words WHERE rowid = 1", "chunks without words")]
    [InlineData("DELETE FROM chunk_words_data WHERE id > 10", "chunk_words")]
    [InlineData("DELETE FROM chunks WHERE chunk_key = 1", "words without a chunk")]
    [InlineData("DELETE FROM holdings WHERE memory_key = 1", "no source holds")]
    [InlineData("DELETE FROM places", "points to nothing")]
    [InlineData("UPDATE vectors SET vector = x'00'", "wrong length")]
    [InlineData("UPDATE remembered_vectors SET vector = x'00'", "remembered vectors of a wrong length")]
    [InlineData("INSERT INTO forgotten SELECT dedup_key FROM memories", "forgotten")]
    public void The_check_finds_what_does_not_fit_together(string harm, string found)
    {
        _store.Put("/m/1.md", Given.Memory(1, "The text"));
        _store.Writer.RememberVectors(Given.Model, new Dictionary<TextHash, float[]> { [Given.Hash("A query")] = Given.Vector("A query") });
        using (var db = new SqliteConnection($"Data Source={_store.File};Pooling=False;Foreign Keys=False"))
        {
            db.Open();
            using SqliteCommand command = db.CreateCommand();
            command.CommandText = harm;
            Assert.NotEqual(0, command.ExecuteNonQuery());
        }
        Assert.Contains(_store.Reader.CheckIntegrity(), p => p.Contains(found, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_locked_by_another_process_is_busy_and_works_again_after()
    {
        using var store = new TestStore(new SqliteStoreOptions(BusyTimeoutMs: 20));
        using (var other = new SqliteConnection($"Data Source={store.File};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(() => store.Put("/m/1.md", Given.Memory(1, "The text"))).Fault);
            Assert.Null(store.Reader.Get(Given.Id(1)));
        }
        Assert.NotEmpty(store.Put("/m/1.md", Given.Memory(1, "The text")).Added);
    }

    [Fact]
    public void A_full_disk_is_reported_and_changes_nothing()
    {
        _store.Writer.Dispose();
        using StoreConnection db = StoreConnection.Open(_store.File, writer: true, new SqliteStoreOptions(), new StoreHealth());
        db.Execute("PRAGMA max_page_count = 1"); // Never below what the file has now.
        StoreException e = Assert.Throws<StoreException>(() => db.Write(() =>
        {
            for (int i = 0; i < 1000; i++) db.Execute("INSERT INTO faults VALUES($1, $2, 0)", $"/m/{i}", new string('x', 1000));
            return 0;
        }));
        Assert.Equal(StoreFault.Full, e.Fault);
        Assert.Empty(_store.Reader.GetFaults(10));
        db.Execute("PRAGMA max_page_count = 1000000");
        db.Write(() => db.Execute("INSERT INTO faults VALUES('/m', 'x', 0)"));
        Assert.Single(_store.Reader.GetFaults(10));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_unusable_and_says_so()
    {
        var store = new SqliteMemoryStore(Path.Combine(_store.ForgottenFile, "index.db"), new ForgottenLog(_store.ForgottenFile, TimeProvider.System), TimeProvider.System);
        File.WriteAllText(_store.ForgottenFile, "a file where a folder should be");
        Assert.Equal(StoreFault.Unusable, Assert.Throws<StoreException>(() => store.OpenWriter()).Fault);
    }

    [Fact]
    public void A_folder_in_the_files_place_is_unusable_and_says_so()
    {
        _store.Close();
        File.Delete(_store.File);
        Directory.CreateDirectory(_store.File);
        Assert.Equal(StoreFault.Unusable, Assert.Throws<StoreException>(() => _store.Store.OpenWriter()).Fault);
    }
}
