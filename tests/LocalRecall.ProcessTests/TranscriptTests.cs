using LocalRecall.Client;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.ProcessTests.Processes;
using LocalRecall.Tests.Actors.Transcripts;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What agents' sessions leave behind, and a host that is killed while it reads it.</summary>
public sealed class TranscriptTests : ProcessTest
{
    private IEnumerable<Memory> Files() => Directory.Exists(Path.Combine(Home.Home, "memories"))
        ? Directory.EnumerateFiles(Path.Combine(Home.Home, "memories"), "*.md", SearchOption.AllDirectories).SelectMany(path => FormatReader.Read(path, File.ReadAllBytes(path), default, null).Memories)
        : [];

    private Task SpoolEmptyAsync() => UntilAsync(() => Task.FromResult(HookSpool.List(Home.Home).Count == 0), "the spool folder is empty");

    [Fact]
    public async Task Sessions_are_stored_once_however_often_the_host_is_killed()
    {
        var random = new Random(11);
        List<RecordedSession> sessions = RecordedSession.Some(random, Directory.CreateDirectory(Home.Beside("agent")).FullName, turns: 12);
        string[] expected = [.. sessions.SelectMany(session => session.Expected()).Select(Show).Distinct().Order(StringComparer.Ordinal)];
        HookInput[] hooks = [.. sessions.SelectMany(session => session.Events).Select(e => e.Hook)];
        random.Shuffle(hooks);
        sessions.ForEach(session => session.Save(session.Bytes.Length));
        foreach (HookInput hook in hooks)
        {
            HookSpool.Write(Home.Home, hook);
        }

        foreach (int stored in (int[])[0, 1, expected.Length / 3, expected.Length * 2 / 3])
        {
            HostRun host = Home.BeginHost();
            await UntilAsync(() => Task.FromResult(Files().Count() >= stored || HookSpool.List(Home.Home).Count == 0), $"{stored} memories are stored");
            await host.KillAsync();
        }

        await Home.StartHostAsync();
        await SpoolEmptyAsync();
        await CheckAsync(expected);

        // The same events again change nothing.
        foreach (HookInput hook in hooks)
        {
            HookSpool.Write(Home.Home, hook);
        }

        await using RecallClient client = await Home.ConnectAsync();
        await client.NoteSpoolAsync();
        await SpoolEmptyAsync();
        await CheckAsync(expected);
    }

    private async Task CheckAsync(string[] expected)
    {
        Assert.Equal(expected, Files().Select(Show).Order(StringComparer.Ordinal));
        await using RecallClient client = await Home.ConnectAsync();
        List<MemorySummary> listed = await client.ListAsync().ToListAsync();
        Assert.Equal(Files().Select(memory => memory.Id.Value).Order(), listed.Select(memory => memory.Id).Order());
        Assert.Empty((await client.CheckIntegrityAsync()).Problems);
    }

    private static string Show(Memory memory) => $"{memory.Id} {memory.Kind} {memory.Project} {memory.OccurredAt:O} {memory.Subject} {memory.Body}";
}
