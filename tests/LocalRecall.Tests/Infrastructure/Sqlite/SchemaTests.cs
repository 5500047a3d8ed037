using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class SchemaTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => _folder["index.db"];

    private SqliteMemoryStore Store => new(File, new ForgottenLog(_folder["forgotten.jsonl"], TimeProvider.System), TimeProvider.System);

    private StoreConnection Connect() => StoreConnection.Open(File, writer: true, new SqliteStoreOptions(), new StoreHealth());

    private void WriteVersion1() => WriteVersion(1);

    private void WriteVersion(int version)
    {
        using StoreConnection db = Connect();
        for (int i = 1; i <= version; i++)
        {
            using Stream resource = typeof(SchemaTests).Assembly.GetManifestResourceStream($"LocalRecall.Tests.Infrastructure.Sqlite.v{i}.sql")!;
            db.ExecuteScript(new StreamReader(resource).ReadToEnd());
        }
    }

    [Fact]
    public void A_file_of_the_first_version_opens_with_all_it_holds()
    {
        WriteVersion1();
        using IMemoryWriter writer = Store.OpenWriter();
        using IMemoryReader reader = Store.OpenReader();

        StoredMemory stored = reader.Get(Given.Id(2))!;
        Assert.Equal((Given.Id(1), "An old subject", "A text of the first version.", "/p", Given.Start, "/m/1.md"),
            (stored.Memory.Id, stored.Memory.Subject, stored.Memory.Body, stored.Memory.Project, stored.Memory.OccurredAt, stored.Path));
        Assert.Equal(["one", "two words"], stored.Memory.Keywords);
        Assert.Equal([Scope.File("src/a.cs")], stored.Memory.AppliesTo.Scopes);
        Assert.Equal([1f, 0f], Assert.Single(reader.ReadVectors("model-a")).Vector);
        Assert.Equal(1, Assert.Single(reader.SearchKeywords(Given.Words("version"), SearchFilter.None, 5).Hits).ChunkId);
        Assert.Equal("/m/3.md", Assert.Single(reader.GetFaults(5)).Path);
        Assert.Empty(reader.CheckIntegrity());
    }

    [Fact]
    public void A_file_of_the_second_version_opens_with_what_it_remembers()
    {
        WriteVersion(2);
        var hash = new TextHash(new UInt128(0x1F1E1D1C1B1A1918, 0x1716151413121110), new UInt128(0x0F0E0D0C0B0A0908, 0x0706050403020100));
        using IMemoryWriter writer = Store.OpenWriter();
        using IMemoryReader reader = Store.OpenReader();

        Assert.Equal([0f, 1f], Assert.Single(reader.FindVectors("model-a", [hash])).Value);
        Assert.Empty(reader.CheckIntegrity());
    }

    [Fact]
    public void A_file_of_the_third_version_opens_with_what_sessions_did()
    {
        WriteVersion(3);
        using IMemoryWriter writer = Store.OpenWriter();
        using IMemoryReader reader = Store.OpenReader();

        Assert.Equal([1L], reader.FindSessionChunks("session-a"));
        Assert.Equal(new TranscriptPosition("/t/a.jsonl", 1234, "abcd"), reader.FindTranscript("/t/a.jsonl"));
        Assert.Empty(reader.CheckIntegrity());
    }

    [Fact]
    public void A_file_of_the_second_version_knows_sessions_from_now_on()
    {
        WriteVersion(2);
        using IMemoryWriter writer = Store.OpenWriter();
        using IMemoryReader reader = Store.OpenReader();

        writer.NoteSessionMemories("session-a", [Given.Id(1)], SessionRole.Written, Given.Start);

        Assert.Equal([1L], reader.FindSessionChunks("session-a"));
    }

    [Fact]
    public void A_file_of_the_first_version_remembers_from_now_on()
    {
        WriteVersion1();
        using IMemoryWriter writer = Store.OpenWriter();
        using IMemoryReader reader = Store.OpenReader();

        writer.RememberVectors("model-a", new Dictionary<TextHash, float[]> { [Given.Hash("a query")] = [0, 1] });

        Assert.Equal([0f, 1f], Assert.Single(reader.FindVectors("model-a", [Given.Hash("a query")])).Value);
        Assert.Equal([1f, 0f], Assert.Single(reader.ReadVectors("model-a")).Vector);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_steps_still_make_just_what_they_made_when_they_were_released(int version)
    {
        List<string> Tables()
        {
            using StoreConnection db = Connect();
            return db.List(r => r.GetString(0), "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
        }

        WriteVersion(version);
        List<string> released = Tables();
        System.IO.File.Delete(File);
        using (StoreConnection db = Connect()) Schema.Migrate(db, [.. Schema.Steps.Take(version)]);
        Assert.Equal(released, Tables());
    }

    [Fact]
    public void Each_further_step_is_taken_once()
    {
        WriteVersion1();
        string[] steps = [Schema.Steps[0], "ALTER TABLE sources ADD COLUMN note TEXT", "UPDATE sources SET note = coalesce(note, '') || 'x'"];
        using StoreConnection db = Connect();
        Schema.Migrate(db, steps[..2]);
        Schema.Migrate(db, steps);
        Schema.Migrate(db, steps);
        Assert.Equal(3, db.Number("PRAGMA user_version"));
        Assert.Equal(["x", "x"], db.List(r => r.GetString(0), "SELECT note FROM sources"));
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        WriteVersion1();
        using StoreConnection db = Connect();
        Assert.ThrowsAny<Exception>(() => Schema.Migrate(db, [Schema.Steps[0], "CREATE TABLE half(x); INSERT INTO nowhere VALUES(1)"]));
        Assert.Equal(1, db.Number("PRAGMA user_version"));
        Assert.Equal(0, db.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
    }

    [Fact]
    public void A_file_of_a_later_version_is_refused_and_left_alone()
    {
        WriteVersion1();
        using (StoreConnection db = Connect()) db.Execute($"PRAGMA user_version = {Schema.Steps.Count + 1}");
        byte[] before = System.IO.File.ReadAllBytes(File);

        StoreException e = Assert.Throws<StoreException>(() => Store.OpenWriter());
        Assert.Equal(StoreFault.Unusable, e.Fault);
        Assert.Contains("newer LocalRecall", e.Message);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_alone()
    {
        using (StoreConnection db = Connect()) db.ExecuteScript("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
        byte[] before = System.IO.File.ReadAllBytes(File);

        Assert.Contains("another program", Assert.Throws<StoreException>(() => Store.OpenWriter()).Message);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_reader_needs_a_writer_to_have_been_there()
    {
        Assert.Equal(StoreFault.Unusable, Assert.Throws<StoreException>(() => Store.OpenReader()).Fault);
        Assert.False(System.IO.File.Exists(File));
        using (Connect()) { }
        System.IO.File.WriteAllBytes(File, []);
        Assert.Contains("writer", Assert.Throws<StoreException>(() => Store.OpenReader()).Message);
    }
}
