using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class ImportTests : ProcessTest
{
    private static readonly (string Content, string Query)[] Beacons =
    [
        ("Volcanic glass from Anatolia was traded as far as Cyprus.", "obsidian trade: volcanic glass from Anatolia"),
        ("A glacier's moraine dams the lake above the village.", "which moraine dams the lake above the village"),
        ("The bassoonist carves her own reeds from Provençal cane.", "who carves reeds from Provençal cane"),
    ];

    [Fact]
    public async Task Many_files_are_imported_while_every_search_is_answered_rightly()
    {
        string folder = Home.Beside("memories");
        IReadOnlyList<Memory> memories = GeneratedMemories.Write(folder, 250, seed: 1);
        await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        var beacons = new List<(Guid Id, string Query)>();
        foreach ((string content, string query) in Beacons)
        {
            beacons.Add(((await client.AddAsync(new NewMemory(content, content, ["beacon"]))).Id, query));
        }

        RecallProcess import = Home.StartRecall("import", folder, "--json");
        await Task.WhenAll(SearchWhileAsync(import, beacons), SearchWhileAsync(import, beacons));
        RecallResult imported = await import.EndedAsync();

        Assert.Equal(0, imported.ExitCode);
        Assert.Equal(
            (250, 250, 0, 0),
            ((int)imported.Json["files"]!, (int)imported.Json["stored"]!, (int)imported.Json["duplicates"]!, (int)imported.Json["failed"]!));
        List<MemorySummary> listed = await client.ListAsync().ToListAsync();
        Assert.Equal(memories.Select(m => m.Id.Value).Concat(beacons.Select(b => b.Id)).Order(), listed.Select(m => m.Id).Order());
        foreach (Memory memory in memories.Where((_, number) => number % 10 == 0))
        {
            SearchResults results = await client.SearchAsync(memory.Subject);
            Assert.Contains(results.Hits, hit => hit.Summary.Id == memory.Id.Value && hit.Content == memory.Body && hit.Matched.Count == 2);
        }

        HostStatus status = await client.StatusAsync();
        Assert.Equal((0, status.Index.Chunks, 0), (status.Index.PendingChunks, status.Index.Vectors, status.Index.Faults));
    }

    [Fact]
    public async Task A_second_import_embeds_nothing_and_a_changed_a_moved_and_a_deleted_file_are_followed()
    {
        string folder = Home.Beside("memories");
        IReadOnlyList<Memory> memories = GeneratedMemories.Write(folder, 12, seed: 2);
        string[] files = [.. Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.Equal(0, (await Home.RecallAsync("import", folder)).ExitCode);
        await using RecallClient client = await Home.ConnectAsync();
        long textsBefore = (await client.StatusAsync()).Model.Texts;

        RecallResult same = await Home.RecallAsync("import", folder, "--json");
        File.Move(files[0], files[0].Replace(".md", "-moved.md"));
        RecallResult moved = await Home.RecallAsync("import", folder, "--json");
        long textsAfter = (await client.StatusAsync()).Model.Texts;
        File.Delete(files[1]);
        File.WriteAllText(files[2], File.ReadAllText(files[2]).Replace("content_hash", "was_hash") + "\nThe zeppelin hangar was added later.\n");
        RecallResult changed = await Home.RecallAsync("import", folder, "--json");

        Assert.Equal((12, 0), ((int)same.Json["unchanged"]!, (int)same.Json["stored"]!));
        Assert.Equal((0, textsBefore), (moved.ExitCode, textsAfter));
        Assert.Equal((0, 1), (changed.ExitCode, (int)changed.Json["removed"]!));
        Assert.Equal(memories.Count - 1, await client.ListAsync().CountAsync());
        SearchResults zeppelin = await client.SearchAsync("zeppelin hangar");
        Assert.Equal(files[2], zeppelin.Hits[0].Summary.Path);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named_and_stops_no_other()
    {
        string folder = Directory.CreateDirectory(Home.Beside("half-broken")).FullName;
        string broken = Path.Combine(folder, "broken.md");
        File.WriteAllText(broken, "---\nid: 1d9a4f0e-e785-4f0f-9bd3-d0b7e6882a27\nsubject: [never closed\napplies_to: global\n---\nIts front matter is broken.\n");
        File.WriteAllText(Path.Combine(folder, "sound.md"), "# Sound\n\nNothing is wrong with this document.\n");

        RecallResult imported = await Home.RecallAsync("import", folder, "--json");

        Assert.Equal(6, imported.ExitCode);
        Assert.Equal((2, 1, 1), ((int)imported.Json["files"]!, (int)imported.Json["stored"]!, (int)imported.Json["failed"]!));
        Assert.Equal(broken, (string)imported.Json["faults"]!.AsArray().Single()!["path"]!);
        RecallResult doctor = await Home.RecallAsync("doctor", "--json");
        Assert.Equal((0, "warning"), (doctor.ExitCode, (string)doctor.Json["checks"]!.AsArray().Single(check => (string)check!["name"]! == "files")!["state"]!));
        RecallResult status = await Home.RecallAsync("status", "--json");
        Assert.Contains(status.Json["faults"]!.AsArray(), fault => (string)fault!["path"]! == broken);
    }

    /// <summary>At least one search each, and as many as there is time for.</summary>
    private async Task SearchWhileAsync(RecallProcess import, IReadOnlyList<(Guid Id, string Query)> beacons)
    {
        int number = 0;
        do
        {
            (Guid id, string query) = beacons[number++ % beacons.Count];
            RecallResult found = await Home.RecallAsync("search", query, "--json", "--timeout", "200");
            Assert.Equal((0, ""), (found.ExitCode, found.Error));
            JsonNode best = found.Json["results"]![0]!;
            Assert.Equal((id, 2), ((Guid)best["id"]!, best["matched"]!.AsArray().Count));
            Assert.Null(found.Json["degraded"]);
        }
        while (!import.HasExited);
    }
}
