using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client.Launch;

/// <summary>The older host is scripted, the newer host's program is a small shell script.</summary>
public sealed class HostUpgradeTests : IDisposable
{
    private readonly ScriptedHost old = new();
    private readonly ScriptedHost next = new();
    private readonly TemporaryHome home = new();
    private readonly HostEndpoint oldEndpoint;

    public HostUpgradeTests()
    {
        oldEndpoint = old.Endpoint() with { Version = "1.0.0" };
        EndpointFile.Write(home.Path, oldEndpoint);
    }

    private string Runs => System.IO.Path.Combine(home.Path, "runs");

    private string Turn => System.IO.Path.Combine(home.Path, HostProcess.SuccessionFile);

    public void Dispose()
    {
        old.Dispose();
        next.Dispose();
        home.Dispose();
    }

    [UnixFact]
    public async Task A_newer_client_with_a_newer_program_has_the_host_make_way()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", Serve()));
        HandOver wish = await AskedToMakeWayAsync();
        Assert.Equal(("secret", "1.5.0"), (wish.Token, wish.Version));
        Assert.Null(LockFile.TryTake(Turn));

        await next.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal(next.Address.ToString(), client.Endpoint?.Address);
        Assert.Equal([HostProcess.VersionArgument, HostProcess.SuccessorArgument], File.ReadAllLines(Runs));
        LockFile.TryTake(Turn)!.Dispose();
    }

    [UnixTheory]
    [InlineData("2.0.0", "1.0.0")] // no newer program
    [InlineData("2.0.0", "0.9.0")]
    [InlineData("2.0.0", "garbage")]
    [InlineData("1.0.0", "2.0.0")] // no newer client
    [InlineData("0.9.0", "2.0.0")]
    public async Task Otherwise_the_host_stays_and_serves(string clientVersion, string programVersion)
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options(clientVersion, programVersion, "exit 9"));
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;

        Assert.Equal(ReleaseVersion.IsNewer(clientVersion, "1.0.0") ? [HostProcess.VersionArgument] : [], RunsSoFar());
        Assert.Equal(ReleaseVersion.IsNewer(clientVersion, "1.0.0"), client.UpgradeObstacle is not null);
    }

    [UnixFact]
    public async Task The_program_is_asked_for_its_version_once()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.0.0", "exit 9"));
        ScriptedHost.Peer peer = await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        peer.Dispose();
        Task<HostStatus> status = client.StatusAsync();
        ScriptedHost.Peer again = await old.WelcomeAsync(Guid.NewGuid());
        await again.SendAsync(new Failure((await again.ReceiveAsync<GetStatus>()).Header.RequestId, FailureCode.Internal, "enough"));
        await Assert.ThrowsAsync<RecallException>(() => status);

        Assert.Single(RunsSoFar());
    }

    [UnixFact]
    public async Task A_host_that_refuses_is_used_as_it_is()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", "exit 9"));
        ScriptedHost.Peer peer = await old.AcceptAsync();
        await peer.AssociateAsync();
        await peer.SendAsync(new Failure((await peer.ReceiveAsync<HandOver>()).RequestId, FailureCode.BadRequest, "I stay."));
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;

        Assert.Equal("I stay.", client.UpgradeObstacle);
        Assert.Equal([HostProcess.VersionArgument], RunsSoFar());
    }

    [UnixFact]
    public async Task While_another_client_has_the_turn_nobody_asks()
    {
        using FileStream turn = LockFile.TryTake(Turn)!;
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", "exit 9"));
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal([HostProcess.VersionArgument], RunsSoFar());
    }

    [UnixFact]
    public async Task A_call_in_a_hurry_leaves_it_to_another()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", "exit 9") with { Timeout = TimeSpan.FromSeconds(9) });
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Empty(RunsSoFar());
    }

    [UnixFact]
    public async Task Who_may_start_no_host_ends_none()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", "exit 9") with { StartHost = false });
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Empty(RunsSoFar());
    }

    [UnixFact]
    public async Task A_program_that_could_not_start_ends_no_other_host_until_it_changes()
    {
        RecallClientOptions broken = Options("2.0.0", "1.5.0", "exit 9");
        Task<RecallClient> first = RecallClient.ConnectAsync(broken);
        await AskedToMakeWayAsync();
        Assert.Equal(FailureCode.HostUnavailable, (await Assert.ThrowsAsync<RecallException>(() => first)).Code);

        EndpointFile.Write(home.Path, oldEndpoint);
        Task<RecallClient> second = RecallClient.ConnectAsync(broken);
        await old.WelcomeAsync(Guid.NewGuid());
        await using (RecallClient client = await second)
        {
            Assert.Contains("has failed to start", client.UpgradeObstacle);
        }

        File.AppendAllText(broken.Program!.Arguments[0], "\n");
        Task<RecallClient> third = RecallClient.ConnectAsync(broken);
        await AskedToMakeWayAsync();
        await Assert.ThrowsAsync<RecallException>(() => third);
    }

    [UnixFact]
    public async Task A_host_that_does_not_end_in_time_is_used_as_it_is()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", $"exit {HostProcess.AlreadyRunningExitCode}"));
        await AskedToMakeWayAsync(ends: false);
        await old.WelcomeAsync(Guid.NewGuid());
        await using RecallClient client = await connecting;
        Assert.Equal(oldEndpoint, client.Endpoint);
    }

    [UnixFact]
    public async Task A_host_too_old_to_serve_the_client_makes_way_however_little_time_is_left()
    {
        EndpointFile.Write(home.Path, oldEndpoint with { ProtocolVersion = WireLimits.OldestProtocolVersion - 1 });
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.5.0", Serve()) with { Timeout = TimeSpan.FromSeconds(9) });
        await AskedToMakeWayAsync();
        await next.WelcomeAsync(Guid.NewGuid());
        await (await connecting).DisposeAsync();
    }

    [UnixFact]
    public async Task What_stands_in_the_way_is_said_with_a_refusal()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options("2.0.0", "1.0.0", "exit 9"));
        ScriptedHost.Peer peer = await old.AcceptAsync();
        await peer.AssociateAsync();
        await peer.SendAsync(new Failure((await peer.ReceiveAsync<Hello>()).RequestId, FailureCode.UnsupportedVersion, "Upgrade the host."));
        var refusal = await Assert.ThrowsAsync<RecallException>(() => connecting);
        Assert.Equal(FailureCode.UnsupportedVersion, refusal.Code);
        Assert.StartsWith("Upgrade the host. ", refusal.Message);
        Assert.Contains("is version 1.0.0, not newer than the host", refusal.Message);
    }

    private string[] RunsSoFar() => File.Exists(Runs) ? File.ReadAllLines(Runs) : [];

    /// <summary>Plays the older host: agrees and is gone.</summary>
    private async Task<HandOver> AskedToMakeWayAsync(bool ends = true)
    {
        ScriptedHost.Peer peer = await old.AcceptAsync();
        await peer.AssociateAsync();
        HandOver wish = await peer.ReceiveAsync<HandOver>();
        if (ends)
        {
            EndpointFile.Delete(home.Path);
        }

        await peer.SendAsync(new HostStopping(wish.RequestId));
        return wish;
    }

    /// <summary>What the newer program does to become the host.</summary>
    private string Serve()
    {
        string prepared = System.IO.Path.Combine(home.Path, "prepared");
        Directory.CreateDirectory(prepared);
        EndpointFile.Write(prepared, next.Endpoint() with { Version = "1.5.0" });
        return $"cp {prepared}/{EndpointFile.Name} {home.Path}; exec sleep 1";
    }

    private RecallClientOptions Options(string clientVersion, string programVersion, string script)
    {
        string path = System.IO.Path.Combine(home.Path, "host.sh");
        File.WriteAllText(path, $"""
            echo "$1" >> {Runs}
            if [ "$1" = {HostProcess.VersionArgument} ]; then echo {programVersion}; exit; fi
            {script}
            """);
        return new RecallClientOptions { Home = home.Path, Program = new HostProgram("/bin/sh", [path]), Version = clientVersion };
    }
}
