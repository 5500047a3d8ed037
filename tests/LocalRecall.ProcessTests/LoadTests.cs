using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.ProcessTests.Processes;
using Xunit;
using Xunit.Abstractions;

namespace LocalRecall.ProcessTests;

/// <summary>
/// Short-lived clients, long sessions and a large import at once: nothing acknowledged is lost, no answer is wrong, nobody waits for ever.
/// Set <c>LOCALRECALL_STORM_SEED</c> to what a failed run has printed and the same choices are made again, at other moments.
/// </summary>
public sealed class LoadTests(ITestOutputHelper output) : ProcessTest
{
    private const int Imported = 2000;
    private const int Kills = 6;
    private const int Samples = 50;

    [UnixFact]
    public Task Fifty_clients_ten_sessions_and_an_import_at_once_are_all_served_rightly() => RunAsync(kills: 0);

    [UnixFact]
    public Task The_same_with_a_host_that_is_killed_again_and_again() => RunAsync(Kills);

    private async Task RunAsync(int kills)
    {
        int seed = Environment.GetEnvironmentVariable("LOCALRECALL_STORM_SEED") is { Length: > 0 } chosen ? int.Parse(chosen) : Random.Shared.Next(1_000_000);
        output.WriteLine($"LOCALRECALL_STORM_SEED={seed}");
        string folder = Home.Beside("memories");
        IReadOnlyList<Memory> imported = GeneratedMemories.Write(folder, Imported, seed, mostParagraphs: 8);
        var ledger = new LoadLedger(imported.ToDictionary(memory => memory.Id.Value, memory => memory.Body));
        var storm = new LoadStorm(Home, ledger, folder, seed, kills);

        HostRun first = await Home.StartHostAsync();
        await storm.RunAsync();
        output.WriteLine(storm.ToString());
        AssertNoProblems();
        RecallResult stopped = await Home.RecallAsync("host", "stop", "--json", "--timeout", "200");
        await AssertStoppedAsync(first, exitCode: kills == 0 ? 0 : 128 + 9);

        HostRun next = await Home.StartHostAsync();
        await using (RecallClient client = await Home.ConnectAsync())
        {
            await CheckKeptAsync(client, storm, ledger, imported, new Random(seed));
            Assert.Empty((await client.CheckIntegrityAsync()).Problems);
            await client.StopHostAsync();
        }

        await AssertStoppedAsync(next, exitCode: 0);
        await CheckVectorsAsync(ledger);

        AssertNoProblems();
        Assert.Equal((0, true), (stopped.ExitCode, (bool)stopped.Json["wasRunning"]!));
        Assert.Equal((Imported, 0), ((int)storm.Import!["files"]!, (int)storm.Import["failed"]!));
        Assert.Equal(Imported, (int)storm.Import["stored"]! + (kills == 0 ? 0 : (int)storm.Import["unchanged"]!));
        Assert.Equal(kills, storm.Kills);
        Assert.Equal(kills, Home.StartedInTheBackground());
        Assert.InRange(storm.PeakProcesses, LoadStorm.Burst, int.MaxValue);
        Assert.Equal(LoadStorm.Sessions, storm.PeakLeases);

        void AssertNoProblems() => Assert.True(ledger.Problems.Count == 0, $"LOCALRECALL_STORM_SEED={seed}\n{storm}\n{string.Join('\n', ledger.Problems)}");
    }

    /// <summary>What a host that has just started knows, and the files, against what was acknowledged.</summary>
    private async Task CheckKeptAsync(RecallClient client, LoadStorm storm, LoadLedger ledger, IReadOnlyList<Memory> imported, Random random)
    {
        List<MemorySummary> listed = [];
        await UntilAsync(
            async () =>
            {
                listed = await client.ListAsync().ToListAsync();
                HashSet<string> files = [.. Directory.EnumerateFiles(Path.Combine(Home.Home, "memories"), "*.md", SearchOption.AllDirectories)];
                return files.SetEquals(listed.Select(memory => memory.Path!).Where(path => path.StartsWith(Home.Home, StringComparison.Ordinal)))
                    && (await client.StatusAsync()).Index.PendingChunks == 0;
            },
            "every memory has its file and its vectors, and every file is a memory");

        ILookup<bool, MemorySummary> isImported = listed.ToLookup(memory => memory.Path!.StartsWith(Home.Beside("memories"), StringComparison.Ordinal));
        Assert.Equal(imported.Select(memory => memory.Id.Value).Order(), isImported[true].Select(memory => memory.Id).Order());
        ledger.CheckList("Afterwards", ledger.Notes, [.. isImported[false].Select(memory => (memory.Id, memory.Subject))]);
        foreach (Note note in ledger.Notes)
        {
            if (note.State == NoteState.Kept)
            {
                FoundMemory got = await client.GetAsync(note.Id);
                ledger.CheckContent(note, got.Summary.Subject, got.Content);
                Assert.EndsWith($"---\n{note.Memory.Content}\n", File.ReadAllText(got.Summary.Path!));
            }
            else if (note.State == NoteState.Forgotten)
            {
                Assert.Equal(FailureCode.NotFound, (await Assert.ThrowsAsync<RecallException>(() => client.GetAsync(note.Id))).Code);
            }
        }

        for (int n = 0; n < Samples; n++)
        {
            Memory memory = imported[random.Next(Imported)];
            await storm.SearchAsync(client, memory.Subject.Split('(', ')')[1], memory.Id.Value); // "case …", in no other one
            if (ledger.AnyLasting(random) is { } note)
            {
                await storm.SearchAsync(client, note.Memory.Subject, note.Id);
            }
        }

        IndexStatus index = (await client.StatusAsync()).Index;
        Assert.Equal((0, index.Chunks), (index.Faults, index.Vectors)); // those of what was forgotten are gone too
    }

    /// <summary>A host that has nothing else to do must give the same vectors as those under load did.</summary>
    private async Task CheckVectorsAsync(LoadLedger ledger)
    {
        TestHome quiet = NewHome();
        foreach (IGrouping<bool, string> texts in ledger.Vectors.Keys.GroupBy(LoadStorm.IsQuestion))
        {
            HostRun host = await quiet.StartHostAsync();
            await using RecallClient client = await quiet.ConnectAsync();
            foreach (string text in texts)
            {
                Embeddings embeddings = await client.EmbedAsync([text], isQuery: texts.Key);
                ledger.CheckVectors([text], [embeddings[0].ToArray()]);
            }

            await client.StopHostAsync();
            await host.ExitCodeAsync();
        }
    }

    private async Task AssertStoppedAsync(HostRun host, int exitCode)
    {
        Assert.Equal(exitCode, await host.ExitCodeAsync());
        Assert.Null(Home.Endpoint);
        await UntilAsync(() => Task.FromResult(Home.ProcessIds().Count == 0), "no process of this home is left");
    }
}
