using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class VectorFilesTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    private string[] Files => Directory.GetFiles(Path.GetDirectoryName(_store.File)!, "*-vectors-*");

    private IVectorDraft Begin(string content, string model = Given.Model)
    {
        IVectorDraft draft = _store.Writer.NewVectorFile(model);
        draft.File.Write(System.Text.Encoding.UTF8.GetBytes(content));
        draft.Flush();
        return draft;
    }

    private void Keep(string content, string model = Given.Model)
    {
        using IVectorDraft draft = Begin(content, model);
        Assert.True(draft.Keep());
    }

    private string? Kept(string model = Given.Model)
    {
        using Stream? file = _store.Writer.OpenVectorFile(model);
        return file is null ? null : new StreamReader(file).ReadToEnd();
    }

    private MemoryId Put() => _store.Put("/m/1.md", Given.Memory(1, "A chunk")).Memories[0].Id;

    [Fact]
    public void There_is_none_at_first() => Assert.Null(Kept());

    [Fact]
    public void The_last_one_kept_is_read_by_this_process_and_the_next()
    {
        Keep("first");
        Keep("second");
        Keep("another model's", "model-b");
        Assert.Equal("second", Kept());
        _store.Reopen();
        Assert.Equal(("second", "another model's"), (Kept(), Kept("model-b")));
        Assert.Equal(2, Files.Length);
    }

    [Fact]
    public void One_that_was_not_kept_leaves_the_last_and_no_file()
    {
        Keep("first");
        Begin("second").Dispose();
        Assert.Equal("first", Kept());
        Assert.Single(Files);
    }

    [Fact]
    public void What_a_crash_left_is_deleted_and_the_last_one_still_read()
    {
        Keep("first");
        string stray = Files[0][..^1] + "x";
        File.WriteAllText(stray, "half");
        _store.Reopen();
        Assert.Equal("first", Kept());
        Assert.False(File.Exists(stray));
    }

    [Fact]
    public void A_file_that_is_gone_is_none()
    {
        Keep("first");
        File.Delete(Files[0]);
        Assert.Null(Kept());
    }

    [Fact]
    public void Forgetting_drops_it_and_purging_deletes_it()
    {
        MemoryId id = Put();
        Keep("first");
        Keep("another model's", "model-b");
        _store.Writer.Forget(id);
        Assert.Equal((null, null), (Kept(), Kept("model-b")));
        _store.Writer.Purge(everywhere: false);
        Assert.Empty(Files);
    }

    [Fact]
    public void A_crash_between_forgetting_and_purging_leaves_no_file()
    {
        MemoryId id = Put();
        Keep("first");
        _store.Writer.Forget(id);
        _store.Reopen();
        Assert.Empty(Files);
    }

    [Fact]
    public void A_forgetting_that_only_the_log_knows_of_leaves_no_file()
    {
        Put();
        Keep("first");
        byte[] database = Copy();
        _store.Writer.Forget(Given.Id(1));
        _store.Close();
        File.WriteAllBytes(_store.File, database); // as if the log had been written, and the transaction not
        _store.Reopen();
        Assert.Null(_store.Reader.Get(Given.Id(1)));
        Assert.Empty(Files);
    }

    [Fact]
    public void One_that_is_being_written_when_something_is_forgotten_is_never_kept()
    {
        MemoryId id = Put();
        using IVectorDraft draft = Begin("with it");
        _store.Writer.Forget(id);
        Assert.True(draft.Discarded.IsCancellationRequested);
        _store.Writer.Purge(everywhere: false);
        Assert.Empty(Files);
        Assert.False(draft.Keep());
        Assert.Null(Kept());
        using IVectorDraft next = Begin("without it");
        Assert.True(next.Keep());
    }

    [Fact]
    public void One_that_is_being_written_lives_through_a_purge_that_forgets_nothing()
    {
        Put();
        using IVectorDraft draft = Begin("first");
        _store.Writer.RemoveSources(["/m/1.md"]);
        _store.Writer.Purge(everywhere: false);
        Assert.True(draft.Keep());
        Assert.Equal("first", Kept());
    }

    [Fact]
    public void Purging_everywhere_leaves_none()
    {
        Keep("first");
        _store.Writer.Purge(everywhere: true);
        Assert.Empty(Files);
    }

    [Fact]
    public void A_database_put_back_reads_no_file_that_is_younger()
    {
        Keep("first");
        byte[] database = Copy();
        Keep("second");
        _store.Close();
        File.WriteAllBytes(_store.File, database);
        _store.Reopen();
        Assert.Null(Kept());
        Assert.Empty(Files);
    }

    [Fact]
    public void A_damaged_database_takes_no_file_along()
    {
        Keep("first");
        _store.Close();
        File.WriteAllText(_store.File, "no database");
        _store.Reopen();
        Assert.NotNull(_store.Store.RebuildNeeded);
        Assert.Null(Kept());
        Assert.Empty(Files);
    }

    [Fact]
    public void Chunks_are_read_by_id_in_order_with_what_the_scan_needs()
    {
        _store.Put("/m/1.md", Given.Memory(1, "One\n\nTwo\n\nThree", project: "/p", day: 3));
        _store.Writer.Store(new IndexEntry(Given.Source("/m/2.md"), Given.Model, [Given.Input(Given.Memory(2, "Without"), vectors: false)]));
        _store.Put("/m/3.md", Given.Memory(3, "Four"));

        long[] ids = [.. _store.Reader.ReadChunkIds()];
        Assert.Equal([1, 2, 3, 4, 5], ids);
        IndexedChunk[] all = [.. _store.Reader.ReadVectors(Given.Model)];
        IndexedChunk[] some = [.. _store.Reader.ReadVectors(Given.Model, [2, 4, 5, 77])];
        Assert.Equal([2, 5], some.Select(chunk => chunk.ChunkId));
        Assert.Equal(all.Where(chunk => chunk.ChunkId is 2 or 5).Select(chunk => (chunk.Facts, string.Join(' ', chunk.Vector))), some.Select(chunk => (chunk.Facts, string.Join(' ', chunk.Vector))));
        Assert.Empty(_store.Reader.ReadVectors("model-b", [2]));
    }

    private byte[] Copy()
    {
        _store.Reopen(); // the log is in the file
        _store.Close();
        byte[] bytes = File.ReadAllBytes(_store.File);
        _store.Reopen();
        return bytes;
    }
}
