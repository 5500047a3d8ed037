using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class WatchTests : ProcessTest
{
    [Fact]
    public async Task A_watched_folder_is_followed_also_by_the_next_host_until_it_is_unwatched()
    {
        string folder = Directory.CreateDirectory(Home.Beside("notes")).FullName;
        string note = Path.Combine(folder, "note.md");
        File.WriteAllText(note, "# Harbour\n\nThe harbour freezes in January.\n");
        Assert.Equal(0, (await Home.RecallAsync("import", folder + Path.DirectorySeparatorChar, "--watch")).ExitCode);
        await using RecallClient client = await Home.ConnectAsync();

        File.WriteAllText(note, "# Harbour\n\nThe harbour is dredged in autumn.\n");
        await UntilAsync(async () => await BestAsync(client) == "# Harbour\n\nThe harbour is dredged in autumn.\n", "the change is found");
        await client.StopHostAsync();
        File.WriteAllText(note, "# Harbour\n\nThe harbour has a new crane.\n");
        await Home.StartHostAsync();
        await UntilAsync(async () => await BestAsync(client) == "# Harbour\n\nThe harbour has a new crane.\n", "the change while no host ran is found");
        File.Delete(note);
        await UntilAsync(async () => await BestAsync(client) is null, "the deleted file is gone");

        RecallResult unwatched = await Home.RecallAsync("import", folder + Path.DirectorySeparatorChar, "--unwatch", "--json");
        Assert.Equal((0, folder), (unwatched.ExitCode, (string)unwatched.Json["unwatched"]!.AsArray().Single()!));
        Assert.Empty((await client.StatusAsync()).Watched);
    }

    private static async Task<string?> BestAsync(RecallClient client) =>
        (await client.SearchAsync("harbour")).Hits is [SearchHit best, ..] ? best.Content : null;
}
