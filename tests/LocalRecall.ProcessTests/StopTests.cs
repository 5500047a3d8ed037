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

    private void AssertTidy()
    {
        Assert.False(File.Exists(Path.Combine(Home.Home, EndpointFile.Name)));
        Assert.True(new FileInfo(Path.Combine(Home.Home, "recall.db-wal")) is { Exists: false } or { Length: 0 }, "The log is in the file.");
        Assert.False(LockFile.IsHeld(Path.Combine(Home.Home, HostProcess.LockFile)));
    }

    [UnixTheory]
    [InlineData(1)] // the terminal is closed
    [InlineData(2)] // Ctrl-C
    [InlineData(15)] // a service manager, the system's shutdown
    public async Task A_terminated_host_tidies_up_and_the_next_one_goes_on(int signal)
    {
        HostRun host = await Home.StartHostAsync();
        await AddAsync();

        host.Terminate(signal);

        Assert.Equal(0, await host.ExitCodeAsync());
        AssertTidy();
        await AssertFoundAsync();
    }

    [UnixFact]
    public async Task Of_twenty_requests_in_flight_each_is_answered_though_the_host_is_terminated_twice_while_the_model_loads()
    {
        HostRun host = await Home.StartHostAsync();
        await using RecallClient client = Home.NewClient();
        await using RecallClient watcher = await Home.ConnectAsync();
        Task<int>[] requests = [.. Enumerable.Range(0, 20).Select(RequestAsync)];
        await UntilAsync(async () => (await watcher.StatusAsync()).Model.State != "unloaded", "the model is loading");

        host.Terminate();
        host.Terminate();

        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(requests));
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.DoesNotContain("fail:", host.Log);
        Assert.Equal(10, (await client.ListAsync().ToListAsync()).Count);

        async Task<int> RequestAsync(int number)
        {
            string content = $"Request number {number} is in flight.";
            if (number % 2 == 0)
            {
                await client.AddAsync(new NewMemory(content, content, ["flight"]));
            }
            else
            {
                await client.EmbedAsync([content]);
            }

            return number;
        }
    }

    [UnixFact]
    public async Task A_host_that_is_terminated_while_it_starts_ends_in_good_order()
    {
        HostRun host = Home.BeginHost();
        await UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Home.Home, HostProcess.LockFile))), "it has begun");

        host.Terminate();

        Assert.Equal(0, await host.ExitCodeAsync());
        AssertTidy();
        await AddAsync();
    }

    [Fact]
    public async Task A_lease_shows_in_the_status_and_a_connection_without_one_does_not_keep_the_host()
    {
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, "host.conf"), "localrecall.host.idle-exit = 4s");
        HostRun host = await Home.StartHostAsync();
        await using RecallClient plain = await Home.ConnectAsync();
        await using (RecallClient leased = await RecallClient.ConnectAsync(new RecallClientOptions { Home = Home.Home, StartHost = false, ClientName = "test", Lease = "agent session" }))
        {
            Assert.Equal($"agent session (test {RecallClient.Version})", Assert.Single((await plain.StatusAsync()).Leases));
            Assert.False(host.HasExited);
        }

        Assert.Equal(0, await host.ExitCodeAsync());
        AssertTidy();
    }

    [UnixFact]
    public async Task An_import_whose_host_is_terminated_goes_on_with_the_next_one()
    {
        string folder = Home.Beside("memories");
        GeneratedMemories.Write(folder, 120, seed: 10);
        HostRun host = await Home.StartHostAsync();
        RecallProcess import = Home.StartRecall("import", folder, "--json");
        await using RecallClient watcher = await Home.ConnectAsync();
        await UntilAsync(async () => (await watcher.StatusAsync()).Index.Memories.Sum(kind => kind.Count) > 10, "the import is under way");

        host.Terminate();

        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.DoesNotContain("fail:", host.Log);
        Assert.False(import.HasExited);
        RecallResult imported = await import.EndedAsync();
        Assert.Equal((0, 120, 0), (imported.ExitCode, (int)imported.Json["files"]!, (int)imported.Json["failed"]!));
        RecallResult doctor = await Home.RecallAsync("doctor", "--json");
        Assert.Equal((0, true), (doctor.ExitCode, (bool)doctor.Json["ok"]!));
    }

    [Fact]
    public async Task A_host_that_nobody_needs_ends_by_itself()
    {
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, "host.conf"), "localrecall.host.idle-exit = 4s");
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
        RecallResult again = await Home.RecallAsync("host", "stop", "--json");

        Assert.Equal((0, true), (stopped.ExitCode, (bool)stopped.Json["wasRunning"]!));
        Assert.Equal((0, false), (again.ExitCode, (bool)again.Json["wasRunning"]!));
        Assert.Equal(0, await host.ExitCodeAsync());
        AssertTidy();
    }

    [Fact]
    public async Task Restart_puts_another_process_in_the_hosts_place()
    {
        HostRun first = await Home.StartHostAsync();
        await AddAsync();

        RecallResult restarted = await Home.RecallAsync("host", "restart", "--json");

        Assert.Equal(0, restarted.ExitCode);
        Assert.Equal(0, await first.ExitCodeAsync());
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
