using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

public sealed class ConcurrencyTests
{
    private const int Sources = 8;
    private const int Writes = 120;

    [Fact]
    public async Task Readers_always_see_whole_sources_while_the_writer_replaces_them()
    {
        using var store = new TestStore();
        void Write(int source, int version) => store.Put($"/m/{source}.md", [.. Enumerable.Range(0, 3).Select(part =>
            Given.Memory(source * 10 + part, $"source{source} version{version} part{part}"))]);
        for (int source = 0; source < Sources; source++) Write(source, 0);

        using var done = new CancellationTokenSource();
        using var ready = new CountdownEvent(4);
        Task<int>[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => ReadUntil(store, done.Token, ready), TaskCreationOptions.LongRunning))];
        try
        {
            Assert.True(ready.Wait(TimeSpan.FromMinutes(1)));
            for (int write = 1; write <= Writes; write++)
            {
                Write(write % Sources, write);
                if (write % 25 == 0) store.Writer.Checkpoint();
            }
        }
        finally
        {
            await done.CancelAsync();
        }
        int[] rounds = await Task.WhenAll(readers);

        Assert.All(rounds, r => Assert.True(r > 0));
        Assert.Empty(store.Reader.CheckIntegrity());
        for (int source = 0; source < Sources; source++)
            Assert.Equal(3, store.Find($"source{source}").Count);
    }

    private static int ReadUntil(TestStore store, CancellationToken done, CountdownEvent ready)
    {
        using IMemoryReader reader = store.Store.OpenReader();
        int rounds = 0;
        do
        {
            Assert.Equal(Sources * 3, reader.ReadVectors(Given.Model).Count());

            MemoryPage page = reader.List(SearchFilter.None, null, 100);
            Assert.Equal(Sources * 3, page.Total);
            Assert.All(page.Memories.GroupBy(m => m.Path), source =>
            {
                Assert.Equal(3, source.Count());
                Assert.Single(source.Select(m => m.Memory.Body.Split(' ')[1]).Distinct());
            });

            Assert.Equal(3, reader.SearchKeywords(Given.Words("source5"), SearchFilter.None, 10).Count);
            if (rounds++ == 0) ready.Signal();
        }
        while (!done.IsCancellationRequested);
        return rounds;
    }
}
