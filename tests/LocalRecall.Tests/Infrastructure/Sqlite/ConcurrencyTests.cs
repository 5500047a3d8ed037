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

    /// <summary>What one connection knows of the words is out of date as soon as another writes.</summary>
    [Fact]
    public void A_reader_that_searched_before_much_was_written_finds_the_file_sound()
    {
        using var store = new TestStore();
        void Write(int source) => store.Put($"/m/{source}.md", Given.Memory(source, $"source{source}"));
        Write(0);
        Assert.Single(store.Find("source0"));
        for (int source = 1; source < 60; source++) Write(source);
        store.Writer.RemoveSources([.. Enumerable.Range(1, 50).Select(source => $"/m/{source}.md")]);

        Assert.Empty(store.Reader.CheckIntegrity());
    }

    /// <summary>A word is looked for right after the write that brings it, or takes it away, has returned.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Readers_find_what_was_acknowledged_and_the_file_sound(int seed)
    {
        using var store = new TestStore();
        var there = new int[Sources]; // the version of each source that is there; 0: none is
        var known = new int[Sources]; // likewise for the readers; 0 also while it is being written
        using var done = new CancellationTokenSource();
        using var ready = new CountdownEvent(2);
        Task<int>[] readers = [.. Enumerable.Range(1, 2).Select(n => Task.Factory.StartNew(
            () => SearchUntil(store, known, new Random(seed * 100 + n), done.Token, ready), TaskCreationOptions.LongRunning))];
        var random = new Random(seed);
        try
        {
            Assert.True(ready.Wait(TimeSpan.FromMinutes(1)));
            for (int write = 1; write <= Writes; write++)
            {
                int source = random.Next(Sources);
                Volatile.Write(ref known[source], 0);
                switch (there[source] == 0 ? 0 : random.Next(3))
                {
                    case 0 or 1: // new, or the same memory anew
                        there[source] = there[source] == 0 ? write : there[source];
                        store.Put($"/m/{source}.md", Given.Memory(there[source], Word(source, there[source]), day: write));
                        Volatile.Write(ref known[source], there[source]);
                        break;
                    default:
                        Assert.NotNull(store.Writer.Forget(Given.Id(there[source])));
                        there[source] = 0;
                        break;
                }
                if (write % 25 == 0) store.Writer.Checkpoint();
            }
        }
        finally
        {
            await done.CancelAsync();
        }
        int[] rounds = await Task.WhenAll(readers);

        Assert.All(rounds, r => Assert.True(r > 0));
    }

    private static string Word(int source, int version) => $"source{source}version{version}";

    private static int SearchUntil(TestStore store, int[] known, Random random, CancellationToken done, CountdownEvent ready)
    {
        using IMemoryReader reader = store.Store.OpenReader();
        int rounds = 0;
        do
        {
            int source = random.Next(Sources);
            int version = Volatile.Read(ref known[source]);
            IReadOnlyList<KeywordHit> hits = reader.SearchKeywords(Given.Words(Word(source, version)), SearchFilter.None, 10).Hits;
            if (version > 0 && Volatile.Read(ref known[source]) == version) Assert.Single(hits);
            if (random.Next(8) == 0) Assert.Empty(reader.CheckIntegrity());
            if (rounds++ == 0) ready.Signal();
        }
        while (!done.IsCancellationRequested);
        return rounds;
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

            Assert.Equal(3, reader.SearchKeywords(Given.Words("source5"), SearchFilter.None, 10).Hits.Count);
            if (rounds++ == 0) ready.Signal();
        }
        while (!done.IsCancellationRequested);
        return rounds;
    }
}
