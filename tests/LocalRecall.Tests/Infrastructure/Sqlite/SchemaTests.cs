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

    private void WriteVersion1()
    {
        using Stream resource = typeof(SchemaTests).Assembly.GetManifestResourceStream("LocalRecall.Tests.Infrastructure.Sqlite.v1.sql")!;
        using StoreConnection db = Connect();
        db.ExecuteScript(new StreamReader(resource).ReadToEnd());
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
        Assert.Equal(1, Assert.Single(reader.SearchKeywords(Given.Words("version"), SearchFilter.None, 5)).ChunkId);
        Assert.Equal("/m/3.md", Assert.Single(reader.GetFaults(5)).Path);
        Assert.Empty(reader.CheckIntegrity());
    }

    [Fact]
    public void The_first_step_still_makes_just_what_it_made_when_it_was_released()
    {
        List<string> Tables()
        {
            using StoreConnection db = Connect();
            return db.List(r => r.GetString(0), "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
        }

        WriteVersion1();
        List<string> released = Tables();
        System.IO.File.Delete(File);
        using (StoreConnection db = Connect()) Schema.Migrate(db, [Schema.Steps[0]]);
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
