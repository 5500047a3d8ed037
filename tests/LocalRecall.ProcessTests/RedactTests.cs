using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.ProcessTests.Processes;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>Secrets are looked for as somebody would who got hold of the home folder: in the bytes of all files, while the host has them open.</summary>
public sealed class RedactTests : ProcessTest
{
    private const string Tail = "x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi";
    private const string Token = "ghp_" + Tail;

    private IReadOnlyList<string> Holding(string text) =>
    [
        .. Directory.EnumerateFiles(Home.Home, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "host.lock").Where(path => // the lock file is empty, and held
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Encoding.Latin1.GetString(bytes).Contains(text, StringComparison.OrdinalIgnoreCase);
        }),
    ];

    private async Task<string> AddAsync(string content)
    {
        RecallResult added = await Home.RecallAsync("add", content, "--json");
        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        return (string)added.Json["id"]!;
    }

    /// <summary>As if an older version had stored it: in the file, the rows and the full text.</summary>
    private void LetIn(string path)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(Home.Home, "recall.db")};Pooling=false");
        db.Open();
        using SqliteCommand command = db.CreateCommand();
        command.CommandText = $"""
            UPDATE memories SET body = replace(body, 'PLACEHOLDER', '{Token}');
            UPDATE chunks SET text = replace(text, 'PLACEHOLDER', '{Token}');
            INSERT INTO chunk_words(rowid, text) VALUES(1000000, '{Token}');
            DELETE FROM chunk_words WHERE rowid = 1000000;
            """;
        command.ExecuteNonQuery();
        File.WriteAllText(path, File.ReadAllText(path).Replace("PLACEHOLDER", Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_is_in_no_byte_of_the_home_folder_however_it_came_there()
    {
        // Given by hand: it never gets in.
        await AddAsync($"The deploy token is {Token}, mind you.");
        Assert.Empty(Holding(Tail[2..]));

        // Let in by an older version: redact takes it out, and says so.
        string id = await AddAsync("It is deployed with PLACEHOLDER since last week.");
        string path = (string)(await Home.RecallAsync("get", id, "--json")).Json["path"]!;
        Assert.Equal(0, (await Home.RecallAsync("host", "stop")).ExitCode);
        LetIn(path);
        Assert.Superset(new HashSet<string> { path, Path.Combine(Home.Home, "recall.db") }, Holding(Tail[2..]).ToHashSet());

        RecallResult dry = await Home.RecallAsync("redact", "--scan", "--dry-run", "--json");
        Assert.Equal((0, 1), (dry.ExitCode, (int)dry.Json["changed"]!));
        Assert.NotEmpty(Holding(Tail[2..]));

        RecallResult redacted = await Home.RecallAsync("redact", "--scan", "--json");

        Assert.Equal((0, ""), (redacted.ExitCode, redacted.Error));
        JsonNode finding = Assert.Single(redacted.Json["findings"]!.AsArray())!;
        Assert.Equal((id, path, false, "github-token"), ((string)finding["id"]!, (string)finding["path"]!, (bool)finding["fileKept"]!, (string)finding["kinds"]![0]!));
        Assert.Empty(Holding(Tail[2..]));
        RecallResult found = await Home.RecallAsync("search", "deployed since last week", "--json");
        Assert.Equal("It is deployed with [redacted:github-token] since last week.", (string)found.Json["results"]!.AsArray().Single(hit => (string)hit!["id"]! == id)!["content"]!);
    }

    [Fact]
    public async Task A_forgotten_memory_is_in_no_byte_of_the_home_folder()
    {
        await AddAsync("Otters hold hands while they sleep.");
        string id = await AddAsync("The quizzacious otters do not hold hands at all.");
        await AddAsync("Herons stand on one leg.");
        Assert.NotEmpty(Holding("uizzaci"));

        RecallResult forgotten = await Home.RecallAsync("forget", id);

        Assert.Equal((0, ""), (forgotten.ExitCode, forgotten.Error));
        Assert.Empty(Holding("uizzaci"));
    }

    [Fact]
    public async Task A_memory_is_updated_under_its_id_and_what_it_was_given_is_cleaned()
    {
        string id = await AddAsync("Otters hold hands while they sleep.");

        RecallResult updated = await Home.RecallWithInputAsync($"Otters hold {Token} while they sleep.\n", "update", id, "--content", "-", "--subject", "Otters", "--json");

        Assert.Equal((0, "", id), (updated.ExitCode, updated.Error, (string)updated.Json["id"]!));
        RecallResult got = await Home.RecallAsync("get", id, "--json");
        Assert.Equal(("Otters", "Otters hold [redacted:github-token] while they sleep."), ((string)got.Json["subject"]!, (string)got.Json["content"]!));
        Assert.Equal(3, (await Home.RecallAsync("update", "0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69", "--subject", "x")).ExitCode);
        Assert.Empty(Holding(Tail[2..]));
    }
}
