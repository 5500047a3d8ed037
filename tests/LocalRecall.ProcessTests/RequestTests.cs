using System.Collections.Concurrent;
using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>Requests whose client cancels, vanishes, or has to ask another host.</summary>
public sealed class RequestTests : ProcessTest
{
    private const int Requests = 100;
    private const int TextsPerRequest = 8;

    [Fact]
    public async Task What_a_client_wanted_leaves_the_queue_when_its_connection_breaks()
    {
        await Home.StartHostAsync();
        await using RecallClient watcher = await Home.ConnectAsync();
        await using (RawConnection client = await RawConnection.OpenAsync(Home.Endpoint!))
        {
            Guid ticket = await EnterAsync(client);
            for (int n = 0; n < Requests; n++)
            {
                await client.SendAsync(ActorPaths.Gateway, new EmbedTexts(Visitor.Header(ticket), Texts(n), IsQuery: false));
            }

            await UntilAsync(async () => (await watcher.StatusAsync()).Model.QueuedIngest >= Requests, "its texts are queued");
        }

        await AssertFreedAsync(watcher);
    }

    [Fact]
    public async Task What_a_client_wanted_leaves_the_queue_when_it_cancels()
    {
        await Home.StartHostAsync();
        await using RecallClient watcher = await Home.ConnectAsync();
        await using RecallClient client = await Home.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        Task[] embeds = [.. Enumerable.Range(0, Requests).Select(n => client.EmbedAsync(Texts(n), cancellation: cancellation.Token))];
        await UntilAsync(async () => (await watcher.StatusAsync()).Model.QueuedIngest >= Requests, "its texts are queued");

        await cancellation.CancelAsync();

        await AssertFreedAsync(watcher);
        Assert.All(embeds, embed => Assert.True(embed.IsCanceled || embed.IsCompletedSuccessfully));
        Assert.Equal(1, (await client.EmbedAsync(["The connection is still good."])).Count);
    }

    [Fact]
    public async Task An_add_repeated_after_the_host_was_killed_between_file_and_reply_is_one_memory()
    {
        for (int attempt = 0; ; attempt++)
        {
            HostRun host = await Home.StartHostAsync();
            await using RawConnection client = await RawConnection.OpenAsync(Home.Endpoint!);
            RequestHeader header = Visitor.Header(await EnterAsync(client));
            string content = $"Attempt {attempt}: killed after the file and before the reply.";
            int files = OwnFiles().Length;
            await client.SendAsync(ActorPaths.Gateway, Addition(header, content));
            while (OwnFiles().Length == files)
            {
                await Task.Yield();
            }

            await host.KillAsync();
            if (await IsAnsweredAsync(client))
            {
                continue; // too late; once more
            }

            await Home.StartHostAsync();
            await using RawConnection again = await RawConnection.OpenAsync(Home.Endpoint!);
            RequestHeader repeated = header with { Ticket = await EnterAsync(again) };
            await again.SendAsync(ActorPaths.Gateway, Addition(repeated, content));
            var added = Assert.IsType<MemoryAdded>(await again.ReceiveAsync());

            Assert.False(added.Duplicate);
            Assert.Equal(files + 1, OwnFiles().Length);
            Assert.Contains(OwnFiles(), file => Path.GetFileName(file) == $"{added.Id}.md");
            await using RecallClient reader = await Home.ConnectAsync();
            MemorySummary[] memories = await reader.ListAsync().ToArrayAsync();
            Assert.Equal(attempt + 1, memories.Length);
            Assert.Equal(content, (await reader.GetAsync(added.Id)).Content);
            return;
        }
    }

    [Fact]
    public async Task Ten_callers_notice_nothing_when_the_host_is_stopped_and_killed()
    {
        var acknowledged = new ConcurrentDictionary<string, string>();
        int[] answers = new int[10];
        var enough = new TaskCompletionSource();
        Task[] callers = [.. Enumerable.Range(0, answers.Length).Select(caller => Task.Run(async () =>
        {
            while (!enough.Task.IsCompleted)
            {
                string content = $"Note {answers[caller]} of caller {caller} outlives its host.";
                RecallResult added = await Home.RecallAsync("add", content, "--keyword", "note", "--json", "--timeout", "200");
                Assert.Equal((0, ""), (added.ExitCode, added.Error));
                Assert.True(acknowledged.TryAdd((string)added.Json["id"]!, content));
                Interlocked.Increment(ref answers[caller]);
            }
        }))];
        Task failed = Task.WhenAny(callers).Unwrap();
        async Task AllAnsweredAsync()
        {
            int[] before = [.. answers];
            await UntilAsync(() => Task.FromResult(failed.IsCompleted || answers.Zip(before).All(pair => pair.First > pair.Second)), "every caller has another answer");
            Assert.False(failed.IsFaulted, failed.Exception?.ToString());
        }

        await AllAnsweredAsync();
        for (int end = 0; end < 4; end++)
        {
            if (end % 2 == 0)
            {
                Assert.Equal(0, (await Home.RecallAsync("host", "stop")).ExitCode);
            }
            else
            {
                using Process host = Process.GetProcessById(Home.Endpoint!.Pid);
                host.Kill();
            }

            await AllAnsweredAsync();
        }

        enough.SetResult();
        await Task.WhenAll(callers);
        await using RecallClient reader = await Home.ConnectAsync();
        Assert.Equal(acknowledged.Keys.Order(), (await reader.ListAsync().ToListAsync()).Select(memory => memory.Id.ToString()).Order());
        foreach ((string id, string content) in acknowledged)
        {
            Assert.Equal(content, (await reader.GetAsync(Guid.Parse(id))).Content);
        }
    }

    [UnixFact]
    public async Task An_interrupted_import_ends_with_130_and_the_host_takes_no_more_of_its_files()
    {
        const int Files = 1000;
        string folder = Home.Beside("memories");
        GeneratedMemories.Write(folder, Files, seed: 21);
        await Home.StartHostAsync();
        await using RecallClient watcher = await Home.ConnectAsync();
        RecallProcess import = Home.StartRecall("import", folder);
        await UntilAsync(async () => await StoredAsync(watcher) > 10, "the import is under way");

        import.Interrupt();

        Assert.Equal((130, ""), await import.EndedAsync() is var ended ? (ended.ExitCode, ended.Output) : default);
        await UntilAsync(async () => (await watcher.StatusAsync()).Clients == 1, "the host has seen it go");
        string other = Home.Beside("other.md");
        await File.WriteAllTextAsync(other, "# Other\n\nWhoever comes next is served.");
        Assert.Equal(1, (await watcher.ImportAsync([other])).Counts.Stored);
        Assert.True(await StoredAsync(watcher) < Files);
    }

    private static async Task<long> StoredAsync(RecallClient client) => (await client.StatusAsync()).Index.Memories.Sum(kind => kind.Count);

    private static string[] Texts(int request) =>
        [.. Enumerable.Range(0, TextsPerRequest).Select(n => string.Join(' ', Enumerable.Range(0, 100).Select(word => $"word{request * 7919 + n * 104729 + word}")))];

    private static async Task AssertFreedAsync(RecallClient watcher)
    {
        await UntilAsync(async () => (await watcher.StatusAsync()).Model.QueuedIngest == 0, "the queue is empty");
        Assert.True((await watcher.StatusAsync()).Model.Texts < Requests * TextsPerRequest, "It was worked off, not dropped.");
    }

    private async Task<Guid> EnterAsync(RawConnection connection)
    {
        await connection.SendAsync(
            ActorPaths.Gateway, new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "raw", RecallClient.Version, Home.Endpoint!.Token));
        return Assert.IsType<Welcome>(await connection.ReceiveAsync()).Ticket;
    }

    private static AddMemory Addition(RequestHeader header, string content) =>
        new(header, "episodic", "Killed in between", ["kill"], "global", null, null, content);

    private string[] OwnFiles() =>
        Path.Combine(Home.Home, "memories") is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories) : [];

    private static async Task<bool> IsAnsweredAsync(RawConnection client)
    {
        try
        {
            return await client.ReceiveAsync() is MemoryAdded;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
