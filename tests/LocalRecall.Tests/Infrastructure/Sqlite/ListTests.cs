using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class ListTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Pages_hold_every_memory_once_newest_first()
    {
        for (int i = 0; i < 25; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Number {i}", day: i / 3));

        var seen = new List<Memory>();
        string? cursor = null;
        do
        {
            MemoryPage page = _store.Reader.List(SearchFilter.None, cursor, 4);
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Memories.Select(m => m.Memory));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(25, seen.DistinctBy(m => m.Id).Count());
        Assert.Equal(25, seen.Count);
        Assert.Equal(seen.OrderByDescending(m => m.OccurredAt).Select(m => m.OccurredAt), seen.Select(m => m.OccurredAt));
    }

    [Fact]
    public void A_memory_that_comes_between_two_pages_moves_nothing()
    {
        for (int i = 0; i < 4; i++) _store.Put($"/m/{i}.md", Given.Memory(i, $"Number {i}", day: i));
        MemoryPage first = _store.Reader.List(SearchFilter.None, null, 2);
        _store.Put("/m/9.md", Given.Memory(9, "Number 9", day: 9));
        Assert.Equal(["Number 1", "Number 0"], _store.Reader.List(SearchFilter.None, first.NextCursor, 2).Memories.Select(m => m.Memory.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.x")]
    [InlineData("' OR 1=1 --")]
    public void A_cursor_of_someone_elses_is_refused(string cursor) =>
        Assert.Throws<ArgumentException>(() => _store.Reader.List(SearchFilter.None, cursor, 2));
}
