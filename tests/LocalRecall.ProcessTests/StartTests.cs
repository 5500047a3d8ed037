using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using LocalRecall.Contracts;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class StartTests : ProcessTest
{
    [Fact]
    public async Task The_first_who_needs_the_host_starts_it_in_the_background()
    {
        RecallResult added = await Home.RecallAsync("add", "Nobody had started a host before.", "--keyword", "start", "--json");

        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        RecallResult status = await Home.RecallAsync("status", "--json");
        Assert.Equal(Home.Endpoint!.Pid, (int)status.Json["pid"]!);
    }

    [Fact]
    public async Task Fifty_searches_at_once_in_a_cold_home_start_one_host_and_are_all_answered()
    {
        RecallProcess[] searches = [.. Enumerable.Range(0, 50).Select(n => Home.StartRecall("search", $"question {n}", "--json", "--timeout", "200"))];

        RecallResult[] answers = await Task.WhenAll(searches.Select(search => search.EndedAsync()));

        Assert.All(answers, answer => Assert.Equal((3, 0, ""), (answer.ExitCode, answer.Json["results"]!.AsArray().Count, answer.Error)));
        string log = File.ReadAllText(Path.Combine(Home.Home, HostProcess.LogFile));
        Assert.Single(log.Split('\n'), line => line.StartsWith("ready ", StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(!OperatingSystem.IsLinux() || Home.ProcessIds().SequenceEqual([Home.Endpoint!.Pid])), "only the one host is left");
    }

    [Fact]
    public async Task Status_starts_no_host_and_ends_with_4()
    {
        RecallResult status = await Home.RecallAsync("status", "--json");

        Assert.Equal((4, "host-unavailable"), (status.ExitCode, (string)status.Json["error"]!["code"]!));
        Assert.False(Directory.Exists(Home.Home));
    }

    [Fact]
    public async Task A_second_host_in_the_same_home_ends_at_once()
    {
        HostRun first = await Home.StartHostAsync();

        RecallResult second = await Home.RunHostAsync();

        Assert.Equal((HostProcess.AlreadyRunningExitCode, ""), (second.ExitCode, second.Output));
        Assert.Equal(first.Id, Home.Endpoint!.Pid);
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_can_read_the_token()
    {
        await Home.StartHostAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Home.Home, EndpointFile.Name)));
    }

    [Fact]
    public async Task A_home_that_cannot_be_used_is_named_with_what_to_do()
    {
        File.WriteAllText(Home.Home, "A file where the folder belongs.");

        RecallResult added = await Home.RecallAsync("add", "This can't be kept anywhere.", "--keyword", "lost", "--json");
        RecallResult host = await Home.RunHostAsync();
        RecallResult doctor = await Home.RecallAsync("doctor", "--json");

        string message = (string)added.Json["error"]!["message"]!;
        Assert.Equal((4, "host-unavailable"), (added.ExitCode, (string)added.Json["error"]!["code"]!));
        Assert.Contains(Home.Home, message);
        Assert.Contains(HomeFolder.Variable, message);
        Assert.Equal((1, ""), (host.ExitCode, host.Output));
        Assert.Contains(HomeFolder.Variable, host.Error);
        Assert.Equal((1, "failed"), (doctor.ExitCode, (string)doctor.Json["checks"]![0]!["state"]!));
    }

    [Fact]
    public async Task An_endpoint_file_that_is_lost_or_spoiled_is_written_again()
    {
        await Home.StartHostAsync();
        HostEndpoint endpoint = Home.Endpoint!;

        EndpointFile.Delete(Home.Home);
        await UntilAsync(() => Task.FromResult(Home.Endpoint == endpoint), "the lost file is back");
        EndpointFile.Write(Home.Home, endpoint with { Token = "spoiled" });
        await UntilAsync(() => Task.FromResult(Home.Endpoint == endpoint), "the right token is back");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"address\": \"akka.tcp://localrecall@127.0.0.1:1\", \"sys")]
    [InlineData("{}")]
    public async Task An_endpoint_file_without_sense_is_in_nobodys_way(string content)
    {
        Directory.CreateDirectory(Home.Home);
        File.WriteAllText(Path.Combine(Home.Home, EndpointFile.Name), content);

        await AssertServedAsync();
    }

    [Fact]
    public async Task An_endpoint_that_belongs_to_others_by_now_is_left_alone()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        Directory.CreateDirectory(Home.Home);
        EndpointFile.Write(Home.Home, new HostEndpoint($"akka.tcp://localrecall@127.0.0.1:{port}", "localrecall", "old", Environment.ProcessId, "0.1.0", 1));

        RecallResult stopped = await Home.RecallAsync("host", "stop", "--json");

        Assert.Equal((0, false), (stopped.ExitCode, (bool)stopped.Json["wasRunning"]!));
        await AssertServedAsync();
    }

    [Fact]
    public async Task What_a_host_left_that_died_while_it_started_is_in_nobodys_way()
    {
        HostRun died = Home.BeginHost();
        await UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Home.Home, HostProcess.LockFile))), "it has begun");
        await died.KillAsync();
        string half = Path.Combine(Home.Home, $"{EndpointFile.Name}.{died.Id}.tmp");
        File.WriteAllText(half, "{");

        await AssertServedAsync();

        Assert.False(File.Exists(half));
    }

    private async Task AssertServedAsync()
    {
        RecallResult found = await Home.RecallAsync("search", "anything", "--json", "--timeout", "200");

        Assert.Equal((3, ""), (found.ExitCode, found.Error));
        Assert.True(LockFile.IsHeld(Path.Combine(Home.Home, HostProcess.LockFile)));
    }
}
