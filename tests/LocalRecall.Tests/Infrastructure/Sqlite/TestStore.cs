using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>A store on a file of its own, with a writer and a reader.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteStoreOptions _options;

    public TestStore(SqliteStoreOptions? options = null)
    {
        _options = options ?? new SqliteStoreOptions();
        Reopen();
    }

    public SqliteMemoryStore Store { get; private set; } = null!;

    public IMemoryWriter Writer { get; private set; } = null!;

    public IMemoryReader Reader { get; private set; } = null!;

    public string File => _folder["index", "index.db"];

    public string ForgottenFile => _folder["forgotten.jsonl"];

    public void Close()
    {
        Reader?.Dispose();
        Writer?.Dispose();
    }

    /// <summary>As a new process would.</summary>
    public void Reopen()
    {
        Close();
        Store = new SqliteMemoryStore(File, new ForgottenLog(ForgottenFile, TimeProvider.System), TimeProvider.System, _options);
        Writer = Store.OpenWriter();
        Reader = Store.OpenReader();
    }

    public StoreOutcome Put(string path, params Memory[] memories) => Writer.Store(Given.Entry(path, memories));

    public IReadOnlyList<long> Find(params string[] terms) => [.. Reader.SearchKeywords(Given.Words(terms), SearchFilter.None, 100).Hits.Select(h => h.ChunkId)];

    public IReadOnlyList<string> Texts(IEnumerable<long> chunks) => [.. Reader.GetChunks([.. chunks]).Select(c => c.Text)];

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }
}
