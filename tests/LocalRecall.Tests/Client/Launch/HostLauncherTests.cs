using System.IO.Pipes;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client.Launch;

/// <summary>The host's program is played by small shell scripts.</summary>
public sealed class HostLauncherTests : IDisposable
{
    private readonly ScriptedHost host = new();
    private readonly TemporaryHome home = new();

    public void Dispose()
    {
        host.Dispose();
        home.Dispose();
    }

    [UnixFact]
    public async Task Starts_the_program_in_a_session_of_its_own()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options($"""
            echo "$LOCALRECALL_HOME|$(pwd -P)"
            echo "session $(cut -d' ' -f6 /proc/self/stat 2>/dev/null)" >&2
            echo "input $(wc -c)"
            {WriteEndpoint(host)}
            """));
        await host.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;

        string log = File.ReadAllText(System.IO.Path.Combine(home.Path, HostProcess.LogFile));
        Assert.Contains($"{home.Path}|{home.Path}", log);
        Assert.Contains("input 0", log);
        if (OperatingSystem.IsLinux())
        {
            string ownSession = File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ')[3];
            Assert.Matches("session [0-9]+", log);
            Assert.DoesNotContain($"session {ownSession}\n", log);
        }
    }

    [UnixFact]
    public async Task The_program_inherits_no_handles()
    {
        if (OperatingSystem.IsLinux())
        {
            using var inheritable = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
            var ended = await Assert.ThrowsAsync<RecallException>(() => RecallClient.ConnectAsync(
                new RecallClientOptions { Home = home.Path, Program = new HostProgram("sh", ["-c", "ls /proc/self/fd; exit 3"]) }));
            Assert.EndsWith("ends:\n0\n1\n2\n3", ended.Message); // 3: the folder being listed
        }
    }

    [UnixFact]
    public async Task A_host_that_dies_is_reported_with_its_last_words()
    {
        var died = await Assert.ThrowsAsync<RecallException>(() => RecallClient.ConnectAsync(Options("echo no model, no memory >&2; exit 3")));
        Assert.Equal(FailureCode.HostUnavailable, died.Code);
        Assert.Contains("code 3", died.Message);
        Assert.Contains("no model, no memory", died.Message);
    }

    [UnixFact]
    public async Task A_host_that_somebody_ends_before_it_is_met_is_started_again()
    {
        // Stopped in order at first, then killed.
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options($"""
            if [ -e killed ]; then {WriteEndpoint(host)}; exit {HostProcess.AlreadyRunningExitCode}; fi
            if [ -e stopped ]; then touch killed; kill -9 $$; fi
            touch stopped
            """));
        await host.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal(host.Address.ToString(), client.Endpoint?.Address);
    }

    [UnixFact]
    public async Task The_loser_of_a_race_waits_for_the_winner()
    {
        // The winner's endpoint comes into being only after ours has lost twice.
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options($"""
            if [ -e lost ]; then {WriteEndpoint(host)}; fi
            touch lost
            exit {HostProcess.AlreadyRunningExitCode}
            """));
        await host.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal(host.Address.ToString(), client.Endpoint?.Address);
    }

    [UnixFact]
    public async Task A_stale_endpoint_file_does_not_stop_it()
    {
        using (var dead = new ScriptedHost())
        {
            EndpointFile.Write(home.Path, dead.Endpoint());
        }

        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options(WriteEndpoint(host)));
        await host.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal(host.Address.ToString(), client.Endpoint?.Address);
    }

    [UnixFact]
    public async Task A_host_that_never_comes_up_is_told_at_the_deadline()
    {
        var late = await Assert.ThrowsAsync<RecallException>(() =>
            RecallClient.ConnectAsync(Options("echo still loading; exec sleep 3") with { Timeout = TimeSpan.FromMilliseconds(300) }));
        Assert.Equal(FailureCode.HostUnavailable, late.Code);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_told()
    {
        var missing = await Assert.ThrowsAsync<RecallException>(() =>
            RecallClient.ConnectAsync(new RecallClientOptions { Home = home.Path, Program = new HostProgram("/nowhere/localrecall-host", []) }));
        Assert.Equal(FailureCode.HostUnavailable, missing.Code);
        Assert.Contains("/nowhere/localrecall-host", missing.Message);
    }

    [Fact]
    public async Task A_home_that_is_a_file_is_told()
    {
        string file = System.IO.Path.Combine(home.Path, "file");
        File.WriteAllText(file, "");
        var refused = await Assert.ThrowsAsync<RecallException>(() =>
            RecallClient.ConnectAsync(new RecallClientOptions { Home = file, Program = new HostProgram("true", []) }));
        Assert.Equal(FailureCode.HostUnavailable, refused.Code);
        Assert.Contains(HomeFolder.Variable, refused.Message);
    }

    private string WriteEndpoint(ScriptedHost of)
    {
        EndpointFile.Write(home.Path, of.Endpoint());
        string prepared = System.IO.Path.Combine(home.Path, "prepared.json");
        File.Move(System.IO.Path.Combine(home.Path, EndpointFile.Name), prepared);
        return $"mv {prepared} {EndpointFile.Name}";
    }

    private RecallClientOptions Options(string script)
    {
        string path = System.IO.Path.Combine(home.Path, "host.sh");
        File.WriteAllText(path, script);
        return new RecallClientOptions { Home = home.Path, Program = new HostProgram("/bin/sh", [path]) };
    }
}
