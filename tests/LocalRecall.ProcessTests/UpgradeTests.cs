using System.Collections.Concurrent;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>Two real versions of the host: today's, and the same sources built as 0.0.1.</summary>
public sealed class UpgradeTests : ProcessTest
{
    private const string Older = "0.0.1";

    private static string Current => RecallClient.Version;

    [UnixFact]
    public async Task A_newer_client_replaces_an_older_host_under_ten_sessions_that_write()
    {
        HostRun old = await StartOlderHostAsync();
        RecallClient[] sessions = [.. Enumerable.Range(0, 10).Select(_ => OlderClient())];
        var acknowledged = new ConcurrentDictionary<string, MemoryAdded>();
        using var before = new CountdownEvent(2 * sessions.Length);
        Task[] writing = [.. sessions.Select((session, n) => Task.Run(async () =>
        {
            for (int i = 0, afterwards = 0; afterwards < 2; i++)
            {
                string content = $"Session {n} has noticed thing number {i}.";
                bool replaced = Home.Endpoint is { } endpoint && endpoint.Version == Current;
                MemoryAdded added = await session.AddAsync(new NewMemory(content, content, ["upgrade"]));
                Assert.True(acknowledged.TryAdd(content, added));
                if (replaced)
                {
                    afterwards++;
                }
                else if (i < 2)
                {
                    before.Signal();
                }
            }
        }))];
        await UntilAsync(() => Task.FromResult(before.IsSet || writing.Any(session => session.IsCompleted)), "every session has written");

        Home.HostProgram = Programs.Host;
        RecallResult search = await Home.RecallAsync("search", "noticed", "--any-project", "--json", "--timeout", "200");
        await Task.WhenAll(writing).WaitAsync(TestHome.Patience);

        Assert.Equal((0, ""), (search.ExitCode, search.Error));
        Assert.Equal(0, await old.ExitCodeAsync());
        HostEndpoint now = Home.Endpoint!;
        Assert.Equal(Current, now.Version);
        Assert.All(sessions, session => Assert.Equal(now, session.Endpoint));
        await AssertOneHostCameAsync();

        await using RecallClient reader = await Home.ConnectAsync();
        var kept = new List<MemorySummary>();
        await foreach (MemorySummary memory in reader.ListAsync())
        {
            kept.Add(memory);
        }

        Assert.DoesNotContain(acknowledged.Values, added => added.Duplicate);
        Assert.Equal(acknowledged.ToDictionary(pair => pair.Key, pair => pair.Value.Id), kept.ToDictionary(memory => memory.Subject, memory => memory.Id));
        foreach (RecallClient session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    [UnixFact]
    public async Task Twenty_newer_clients_at_once_make_one_hand_over()
    {
        HostRun old = await StartOlderHostAsync();
        Home.HostProgram = Programs.Host;
        RecallProcess[] searches = [.. Enumerable.Range(0, 20).Select(n => Home.StartRecall("search", $"question {n}", "--json", "--timeout", "200"))];

        RecallResult[] answers = await Task.WhenAll(searches.Select(search => search.EndedAsync()));

        Assert.All(answers, answer => Assert.Equal((3, ""), (answer.ExitCode, answer.Error)));
        Assert.Equal(0, await old.ExitCodeAsync());
        Assert.Equal(Current, Home.Endpoint!.Version);
        await AssertOneHostCameAsync();
    }

    [Fact]
    public async Task A_newer_client_with_an_older_program_works_with_the_host_there_is_and_doctor_says_why()
    {
        HostRun old = await StartOlderHostAsync();

        RecallResult added = await Home.RecallAsync("add", "The older host keeps this as well.", "--keyword", "upgrade", "--json", "--timeout", "200");
        RecallResult doctor = await Home.RecallAsync("doctor", "--json", "--timeout", "200");

        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        Assert.Equal(old.Id, Home.Endpoint!.Pid);
        string host = doctor.Json["checks"]!.AsArray().Single(check => (string)check!["name"]! == "host")!.ToJsonString();
        Assert.Contains($"{Programs.OlderHost} is version {Older}, not newer than the host", host, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_client_works_with_a_newer_host_and_never_has_it_replaced()
    {
        HostRun host = await Home.StartHostAsync();
        await using RecallClient client = OlderClient();

        MemoryAdded added = await client.AddAsync(new NewMemory("A greeting", "Said to a newer host by an older client.", ["upgrade"]));

        Assert.Equal("Said to a newer host by an older client.", (await client.GetAsync(added.Id)).Content);
        Assert.Equal((host.Id, null), (client.Endpoint!.Pid, client.UpgradeObstacle));
        Assert.False(host.HasExited);
    }

    [Theory]
    [InlineData(0, "install LocalRecall")]
    [InlineData(1, null)]
    [InlineData(2, "Upgrade the host: install")]
    [InlineData(99, "Upgrade the host: install")]
    public async Task A_hello_of_another_protocol_is_told_in_words_what_to_do(int protocol, string? advice)
    {
        await Home.StartHostAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);

        await raw.SendAsync(ActorPaths.Gateway, new Hello(Guid.NewGuid(), protocol, "raw", "0", Home.Endpoint!.Token));

        IWireMessage reply = await raw.ReceiveAsync();
        Assert.Equal(advice is null ? protocol : null, (reply as Welcome)?.ProtocolVersion);
        if (advice is not null)
        {
            Failure refusal = Assert.IsType<Failure>(reply);
            Assert.Equal(FailureCode.UnsupportedVersion, refusal.Code);
            Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "99.0.0", FailureCode.Unauthorized)]
    [InlineData(null, Older, FailureCode.BadRequest)]
    [InlineData(null, "newest", FailureCode.BadRequest)]
    public async Task A_host_makes_way_for_no_stranger_and_no_older_version(string? token, string version, FailureCode code)
    {
        HostRun host = await Home.StartHostAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);

        await raw.SendAsync(ActorPaths.Gateway, new HandOver(Guid.NewGuid(), token ?? Home.Endpoint!.Token, version));

        Assert.Equal(code, Assert.IsType<Failure>(await raw.ReceiveAsync()).Code);
        Assert.Equal(0, (await Home.RecallAsync("status", "--timeout", "100")).ExitCode);
        Assert.False(host.HasExited);
    }

    private Task<HostRun> StartOlderHostAsync()
    {
        Home.HostProgram = Programs.OlderHost;
        return Home.StartHostAsync();
    }

    /// <summary>Says that it is 0.0.1, and would start a host of that version.</summary>
    private RecallClient OlderClient() => new(new RecallClientOptions
    {
        Home = Home.Home, Version = Older, Timeout = TestHome.Patience,
        Program = new HostProgram("env", [$"LOCALRECALL_MODELS={Programs.Models}", Programs.OneModel, Programs.OlderHost]),
    });

    /// <summary>Of those started in the background, one became the host; it alone is left.</summary>
    private async Task AssertOneHostCameAsync()
    {
        string log = File.ReadAllText(Path.Combine(Home.Home, HostProcess.LogFile));
        Assert.Single(log.Split('\n'), line => line.StartsWith("ready ", StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(!OperatingSystem.IsLinux() || Home.ProcessIds().SequenceEqual([Home.Endpoint!.Pid])), "only the one host is left");
    }
}
