using System.Collections.Concurrent;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>kill -9 in the middle of the work.</summary>
public sealed class CrashTests : ProcessTest
{
    [Fact]
    public async Task A_killed_host_loses_nothing_acknowledged_and_another_import_completes_the_set()
    {
        string folder = Home.Beside("memories");
        var acknowledged = new ConcurrentDictionary<Guid, string>();

        foreach (int stored in (int[])[1, 40])
        {
            GeneratedMemories.Write(folder, 150, seed: 300 + stored);
            HostRun host = await Home.StartHostAsync();
            await KillInTheMiddleAsync(host, folder, stored, acknowledged);
            RecallResult doctor = await Home.RecallAsync("doctor", "--json");
            Assert.Equal((0, true), (doctor.ExitCode, (bool)doctor.Json["ok"]!));
            await using RecallClient restarted = await Home.ConnectAsync();
            Assert.Empty((await restarted.CheckIntegrityAsync()).Problems);
            foreach ((Guid id, string content) in acknowledged)
            {
                Assert.Equal(content, (await restarted.GetAsync(id)).Content);
            }

            await restarted.StopHostAsync();
        }

        RecallResult second = await Home.RecallAsync("import", folder, "--json");
        TestHome undisturbed = NewHome();
        RecallResult once = await undisturbed.RecallAsync("import", folder, "--json");

        Assert.Equal((0, 0), (second.ExitCode, once.ExitCode));
        Assert.Equal((300, 300), ((int)second.Json["files"]!, (int)once.Json["stored"]!));
        Assert.Equal(await ImportedAsync(undisturbed, folder), await ImportedAsync(Home, folder));
        await using RecallClient client = await Home.ConnectAsync();
        Assert.Empty((await client.CheckIntegrityAsync()).Problems);
        Assert.Equal(0, (await client.StatusAsync()).Index.PendingChunks);
    }

    [Fact]
    public async Task An_import_whose_host_is_killed_goes_on_with_the_next_host()
    {
        string folder = Home.Beside("memories");
        IReadOnlyList<Memory> memories = GeneratedMemories.Write(folder, 150, seed: 4);
        HostRun host = await Home.StartHostAsync();
        RecallProcess import = Home.StartRecall("import", folder, "--json");
        await using RecallClient watcher = await Home.ConnectAsync();
        await UntilAsync(async () => (await watcher.StatusAsync()).Index.Memories.Sum(kind => kind.Count) > 20, "20 files are imported");

        await host.KillAsync();

        Assert.False(import.HasExited);
        RecallResult imported = await import.EndedAsync();
        Assert.Equal((0, 150, 0), (imported.ExitCode, (int)imported.Json["files"]!, (int)imported.Json["failed"]!));
        Assert.NotEqual(host.Id, Home.Endpoint!.Pid);
        await using RecallClient client = await Home.ConnectAsync();
        Assert.Equal(memories.Select(m => m.Id.Value).Order(), (await client.ListAsync().ToListAsync()).Select(m => m.Id).Order());
    }

    /// <summary>Kills the host once that many files are stored, while more of them and memories given by message are under way.</summary>
    private async Task KillInTheMiddleAsync(HostRun host, string folder, int stored, ConcurrentDictionary<Guid, string> acknowledged)
    {
        await using RecallClient importer = await Home.ConnectAsync();
        await using RecallClient adder = await Home.ConnectAsync();
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var progressed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Task adds = Task.Run(async () =>
        {
            while (true)
            {
                string content = $"Acknowledged note {acknowledged.Count} must survive.";
                MemoryAdded reply = await adder.AddAsync(new NewMemory(content, content, ["survivor"]));
                acknowledged.TryAdd(reply.Id, content);
                added.TrySetResult();
            }
        });
        await Task.WhenAny(added.Task, adds).WaitAsync(TestHome.Patience);
        Task import = importer.ImportAsync([folder], progress: new Progress(progress =>
        {
            if (progress.Counts.Stored >= stored)
            {
                progressed.TrySetResult();
            }
        }));
        await Task.WhenAny(progressed.Task, import, adds).WaitAsync(TestHome.Patience);
        Assert.False(import.IsCompleted || adds.IsCompleted, "The host was to be killed before the import ended.");

        await host.KillAsync();

        Assert.Equal(FailureCode.HostUnavailable, (await Assert.ThrowsAsync<RecallException>(() => import)).Code);
        Assert.Equal(FailureCode.HostUnavailable, (await Assert.ThrowsAsync<RecallException>(() => adds)).Code);
    }

    /// <summary>What is known of each file, by its content.</summary>
    private static async Task<IEnumerable<string>> ImportedAsync(TestHome home, string folder)
    {
        await using RecallClient client = await home.ConnectAsync();
        var imported = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (MemorySummary memory in client.ListAsync())
        {
            if (memory.Path?.StartsWith(folder, StringComparison.Ordinal) == true)
            {
                string content = (await client.GetAsync(memory.Id)).Content;
                imported.Add($"{memory.Path} {memory.Id} {memory.Kind} {memory.AppliesTo} {memory.OccurredAt:O} {memory.Subject} {ContentHash.Of(content)}");
            }
        }

        return imported;
    }

    private sealed class Progress(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}
