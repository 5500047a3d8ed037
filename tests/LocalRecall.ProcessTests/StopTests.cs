using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class StopTests : ProcessTest
{
    private async Task AddAsync() =>
        Assert.Equal(0, (await Home.RecallAsync("add", "Lighthouses outlive their keepers.", "--keyword", "sea")).ExitCode);

    private async Task AssertFoundAsync()
    {
        RecallResult found = await Home.RecallAsync("search", "lighthouses", "--json");
        Assert.Equal("Lighthouses outlive their keepers.", (string)found.Json["results"]!.AsArray().Single()!["content"]!);
    }

    [UnixFact]
    public async Task A_terminated_host_tidies_up_and_the_next_one_goes_on()
    {
        HostRun host = await Home.StartHostAsync();
        await AddAsync();

        host.Terminate();

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Null(Home.Endpoint);
        await AssertFoundAsync();
    }

    [UnixFact]
    public async Task A_host_terminated_in_the_middle_of_an_import_ends_in_good_order()
    {
        string folder = Home.Beside("memories");
        GeneratedMemories.Write(folder, 200, seed: 10);
        HostRun host = await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        Task import = client.ImportAsync([folder]);
        await UntilAsync(async () => (await client.StatusAsync()).Index.Memories.Sum(kind => kind.Count) > 10, "the import is under way");

        host.Terminate();

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Equal(FailureCode.HostUnavailable, (await Assert.ThrowsAsync<RecallException>(() => import)).Code);
        Assert.DoesNotContain("fail:", host.Log);
        RecallResult doctor = await Home.RecallAsync("doctor", "--json");
        Assert.Equal((0, true), (doctor.ExitCode, (bool)doctor.Json["ok"]!));
    }

    [Fact]
    public async Task A_host_that_nobody_needs_ends_by_itself()
    {
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, "host.conf"), "localrecall.host.idle-exit = 1s");
        HostRun host = await Home.StartHostAsync();
        await using (RecallClient client = await Home.ConnectAsync())
        {
            await client.EmbedAsync(["Somebody needs it."]);
        }

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Null(Home.Endpoint);
    }

    [Fact]
    public async Task Stop_returns_once_the_host_has_ended()
    {
        HostRun host = await Home.StartHostAsync();

        RecallResult stopped = await Home.RecallAsync("host", "stop", "--json");
        bool ended = host.HasExited;
        RecallResult again = await Home.RecallAsync("host", "stop", "--json");

        Assert.Equal((0, true), (stopped.ExitCode, (bool)stopped.Json["wasRunning"]!));
        Assert.Equal((0, false), (again.ExitCode, (bool)again.Json["wasRunning"]!));
        Assert.True(ended);
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.False(File.Exists(Path.Combine(Home.Home, EndpointFile.Name)));
    }

    [Fact]
    public async Task Restart_puts_another_process_in_the_hosts_place()
    {
        HostRun first = await Home.StartHostAsync();
        await AddAsync();

        RecallResult restarted = await Home.RecallAsync("host", "restart", "--json");

        Assert.Equal(0, restarted.ExitCode);
        Assert.True(first.HasExited);
        Assert.Equal(Home.Endpoint!.Pid, (int)restarted.Json["pid"]!);
        await AssertFoundAsync();
    }

    [Fact]
    public async Task What_a_killed_host_left_behind_is_in_nobodys_way()
    {
        HostRun first = await Home.StartHostAsync();
        await AddAsync();
        await first.KillAsync();
        Assert.Equal(first.Id, Home.Endpoint!.Pid);

        RecallResult status = await Home.RecallAsync("status", "--json");
        RecallResult stop = await Home.RecallAsync("host", "stop", "--json");

        Assert.Equal(4, status.ExitCode);
        Assert.Equal((0, false), (stop.ExitCode, (bool)stop.Json["wasRunning"]!));
        await AssertFoundAsync();
        Assert.NotEqual(first.Id, Home.Endpoint!.Pid);
    }
}
