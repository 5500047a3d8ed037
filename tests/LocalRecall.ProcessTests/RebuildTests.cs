using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>Files are the truth: the index is made again from them.</summary>
public sealed class RebuildTests : ProcessTest
{
    private static readonly byte[] Garbage = [.. Enumerable.Repeat((byte)0x5a, 200_000)];

    private string Database => Path.Combine(Home.Home, "recall.db");

    [Fact]
    public async Task A_lost_index_comes_back_without_what_was_forgotten()
    {
        (List<Guid> kept, Guid forgotten) = await FillAsync();
        foreach (string file in Directory.EnumerateFiles(Home.Home, "recall.db*"))
        {
            File.Delete(file);
        }

        await Home.StartHostAsync();

        await AssertRebuiltAsync(kept, forgotten);
    }

    [Fact]
    public async Task A_damaged_index_is_moved_aside_and_made_again()
    {
        (List<Guid> kept, Guid forgotten) = await FillAsync();
        File.Delete(Database + "-wal");
        File.WriteAllBytes(Database, Garbage);

        await Home.StartHostAsync();

        await AssertRebuiltAsync(kept, forgotten);
        Assert.Contains(Directory.EnumerateFiles(Home.Home, "recall.db.damaged*"), file => File.ReadAllBytes(file).AsSpan().StartsWith(Garbage.AsSpan(0, 1000)));
    }

    /// <summary>Memories given by message, imported ones, and one of these forgotten; then the host is stopped.</summary>
    private async Task<(List<Guid> Kept, Guid Forgotten)> FillAsync()
    {
        string folder = Home.Beside("memories");
        IReadOnlyList<Memory> memories = GeneratedMemories.Write(folder, 10, seed: 11);
        await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        Guid added = (await client.AddAsync(new NewMemory("Ferry", "The ferry leaves at nine.", ["ferry"]))).Id;
        await client.ImportAsync([folder]);
        await client.ForgetAsync(memories[3].Id.Value);
        await client.StopHostAsync();
        return ([added, .. memories.Where(m => m != memories[3]).Select(m => m.Id.Value)], memories[3].Id.Value);
    }

    private async Task AssertRebuiltAsync(List<Guid> kept, Guid forgotten)
    {
        await using RecallClient client = await Home.ConnectAsync();
        await UntilAsync(async () => await client.ListAsync().CountAsync() >= kept.Count, "all files are in the index again");
        Assert.Equal(kept.Order(), (await client.ListAsync().ToListAsync()).Select(m => m.Id).Order());
        Assert.Equal(FailureCode.NotFound, (await Assert.ThrowsAsync<RecallException>(() => client.GetAsync(forgotten))).Code);
        Assert.Equal("The ferry leaves at nine.", (await client.SearchAsync("when does the boat depart")).Hits[0].Content);
        Assert.Empty((await client.CheckIntegrityAsync()).Problems);
    }
}
