using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ingest;
using Xunit;

namespace LocalRecall.Tests.Core.Ingest;

public sealed class FileQueueTests
{
    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");

    private readonly FileQueue<string> _queue = new();

    private List<string> All()
    {
        List<string> all = [];
        while (_queue.TryDequeue(out string? file))
        {
            all.Add(file);
        }

        return all;
    }

    [Fact]
    public void What_was_asked_for_by_itself_comes_before_bulk_imports()
    {
        _queue.Enqueue(A, "import 1", deliberate: false);
        _queue.Enqueue(A, "import 2", deliberate: false);
        _queue.Enqueue(B, "add", deliberate: true);

        Assert.Equal(["add", "import 1", "import 2"], All());
    }

    [Fact]
    public void Imports_go_on_while_others_add_without_end()
    {
        _queue.Enqueue(A, "import", deliberate: false);
        for (int i = 0; i < 20; i++)
        {
            _queue.Enqueue(B, $"add {i}", deliberate: true);
        }

        List<string> all = All();
        Assert.Equal(FileQueue<string>.DeliberateInARow, all.IndexOf("import"));
        Assert.Equal(21, all.Count);
    }

    [Fact]
    public void What_is_removed_does_not_come()
    {
        _queue.Enqueue(A, "import", deliberate: false);
        _queue.Enqueue(B, "add", deliberate: true);
        _queue.Remove("import");
        _queue.Remove("add");

        Assert.Empty(All());
    }
}
