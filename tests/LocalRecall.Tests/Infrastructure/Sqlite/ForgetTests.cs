using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class ForgetTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void A_forgotten_memory_leaves_no_row_behind()
    {
        long chunk = _store.Put("/m/1.md", Given.Memory(1, "A secret")).Added[0].ChunkId;
        _store.Put("/m/2.md", Given.Memory(2, "A secret"));

        ForgottenMemory forgotten = _store.Writer.Forget(Given.Id(2))!;

        Assert.Equal(Given.Id(1), forgotten.Memory.Id);
        Assert.Equal(["/m/1.md", "/m/2.md"], forgotten.Paths);
        Assert.Equal([new RemovedChunk(chunk)], forgotten.Removed);
        Assert.Null(_store.Reader.Get(Given.Id(1)));
        Assert.Null(_store.Reader.FindSource("/m/1.md"));
        Assert.Empty(_store.Find("secret"));
        Assert.Empty(_store.Reader.FindVectors(Given.Model, [Given.Hash("A secret")]));
        Assert.Null(_store.Writer.Forget(Given.Id(1)));
    }

    [Fact]
    public void A_source_that_holds_other_memories_keeps_them()
    {
        _store.Put("/m/a.jsonl", Given.Memory(1, "A secret"), Given.Memory(2, "No secret"));
        _store.Writer.Forget(Given.Id(1));
        Assert.NotNull(_store.Reader.FindSource("/m/a.jsonl"));
        Assert.NotNull(_store.Reader.Get(Given.Id(2)));
    }

    [Fact]
    public void What_was_forgotten_does_not_come_back_from_a_file()
    {
        Memory secret = Given.Memory(1, "A secret");
        _store.Put("/m/1.md", secret);
        _store.Writer.Forget(secret.Id);

        StoreOutcome outcome = _store.Put("/m/copy.md", secret, Given.Memory(2, "No secret"));

        Assert.Equal([new StoredAs(secret.Id, false, Forgotten: true), new StoredAs(Given.Id(2), false)], outcome.Memories);
        Assert.Empty(_store.Find("secret").Except(_store.Find("No")));
        Assert.False(_store.Put("/m/other.md", Given.Memory(3, "A secret", appliesTo: "area:other")).Memories[0].Forgotten);
    }

    [Fact]
    public void What_is_asked_for_again_comes_back_and_stays()
    {
        Memory secret = Given.Memory(1, "A secret");
        _store.Put("/m/1.md", secret);
        _store.Writer.Forget(secret.Id);
        StoreOutcome outcome = _store.Writer.Store(Given.Entry("/m/1.md", secret) with { Deliberate = true });
        Assert.Equal([new StoredAs(secret.Id, false)], outcome.Memories);

        _store.Reopen();
        Assert.NotNull(_store.Reader.Get(secret.Id));
        Assert.False(_store.Put("/m/copy.md", secret).Memories[0].Forgotten);
    }

    [Fact]
    public void Forgetting_outlives_the_index()
    {
        Memory secret = Given.Memory(1, "A secret");
        _store.Put("/m/1.md", secret);
        _store.Writer.Forget(secret.Id);
        _store.Close();
        File.Delete(_store.File);

        _store.Reopen();
        Assert.True(_store.Put("/m/1.md", secret).Memories[0].Forgotten);
    }

    [Fact]
    public void What_cannot_be_logged_is_not_forgotten()
    {
        _store.Put("/m/1.md", Given.Memory(1, "A secret"));
        Directory.CreateDirectory(_store.ForgottenFile);
        Assert.Equal(StoreFault.Unusable, Assert.Throws<StoreException>(() => _store.Writer.Forget(Given.Id(1))).Fault);
        Assert.NotNull(_store.Reader.Get(Given.Id(1)));
        Assert.NotEmpty(_store.Put("/m/2.md", Given.Memory(2, "Something else")).Added);
    }

    [Fact]
    public void A_forgetting_cut_short_after_its_log_was_written_is_finished_at_the_next_start()
    {
        Memory secret = Given.Memory(1, "A secret");
        _store.Put("/m/1.md", secret);
        File.WriteAllText(_store.ForgottenFile, $$"""{"action":"forget","key":"{{DedupKey.Of(secret)}}","at":"2026-01-01T00:00:00Z"}""" + "\n");

        _store.Reopen();
        Assert.Null(_store.Reader.Get(secret.Id));
        Assert.Empty(_store.Reader.CheckIntegrity());
        Assert.Empty(_store.Reader.FindVectors(Given.Model, [Given.Hash("A secret")]));
        Assert.True(_store.Put("/m/1.md", secret).Memories[0].Forgotten);
    }
}
