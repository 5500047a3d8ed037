using LocalRecall.Contracts;
using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>
/// Files of vectors beside the database. Each has a name of its own that is used once, and only what the database names counts: so a file
/// that is half written, or fits another state of the database, is never read. What nobody names is deleted. Owned by the writer's thread.
/// </summary>
internal sealed class VectorFiles(StoreConnection db)
{
    private const string Infix = "-vectors-";

    private readonly List<Draft> _drafts = [];

    public Stream? Open(string modelId)
    {
        if (db.Guard(() => db.Scalar("SELECT name FROM vector_files JOIN models USING(model_key) WHERE id = $1", modelId)) is not string name) return null;
        try
        {
            return new FileStream(Path.Combine(Folder, name), new FileStreamOptions
            {
                Share = FileShare.Read | FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="StoreException">The file can't be made.</exception>
    public IVectorDraft Begin(string modelId) => db.Guard(() =>
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string name = $"{Path.GetFileName(db.Path)}{Infix}{Guid.NewGuid():N}";
        var draft = new Draft(this, modelId, name, new FileStream(Path.Combine(Folder, name), options));
        _drafts.Add(draft);
        return draft;
    });

    /// <summary>In a transaction: no file counts any more, nor one that is being written.</summary>
    public void Drop()
    {
        db.Execute("DELETE FROM vector_files");
        foreach (Draft draft in _drafts) draft.Discard();
        _drafts.Clear();
    }

    /// <summary>Deletes files that do not count. False: one could not be deleted.</summary>
    public bool DeleteOthers() => db.Guard(() =>
    {
        HashSet<string> named = [.. db.List(r => r.GetString(0), "SELECT name FROM vector_files"), .. _drafts.Select(draft => draft.Name)];
        string[] others = [.. Directory.EnumerateFiles(Folder, $"{Path.GetFileName(db.Path)}{Infix}*").Where(path => !named.Contains(Path.GetFileName(path)))];
        try
        {
            foreach (string path in others) File.Delete(path);
            if (others.Length > 0) DurableFile.FlushFolder(Folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private string Folder => Path.GetDirectoryName(Path.GetFullPath(db.Path))!;

    private bool Keep(Draft draft)
    {
        if (!_drafts.Remove(draft)) return false;
        db.Write(() =>
        {
            db.Execute("INSERT OR IGNORE INTO models(id) VALUES($1)", draft.ModelId);
            return db.Execute("INSERT OR REPLACE INTO vector_files(model_key, name) SELECT model_key, $2 FROM models WHERE id = $1", draft.ModelId, draft.Name);
        });
        draft.IsKept = true;
        DeleteOthers();
        return true;
    }

    private sealed class Draft(VectorFiles files, string modelId, string name, FileStream file) : IVectorDraft
    {
        private readonly CancellationTokenSource _discarded = new();

        public string ModelId => modelId;

        public string Name => name;

        public bool IsKept { get; set; }

        public Stream File => file;

        public CancellationToken Discarded => _discarded.Token;

        public void Flush()
        {
            file.Flush(flushToDisk: true);
            DurableFile.FlushFolder(files.Folder);
        }

        public bool Keep() => files.Keep(this);

        public void Discard() => _discarded.Cancel();

        public void Dispose()
        {
            file.Dispose();
            files._drafts.Remove(this);
            if (!IsKept) System.IO.File.Delete(Path.Combine(files.Folder, name));
        }
    }
}
