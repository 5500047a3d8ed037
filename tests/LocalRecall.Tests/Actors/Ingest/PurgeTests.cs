using System.Text;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Actors.Ingest;

/// <summary>What was removed is in no byte of the home folder any more, while the host goes on with the file open.</summary>
public sealed class PurgeTests : HostTest
{
    private const string Word = "quizzacious";

    /// <summary>As the full text has it: stemmed, and without what it has in common with the term before.</summary>
    private const string Stem = "uizzaci";
    private const string Tail = "x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi";
    private const string Token = "ghp_" + Tail;

    private MemoryFound Get(Guid id) => Ask<MemoryFound>(h => new GetMemory(h, id, 0));

    private StoredRedacted Redact(bool dryRun = false) => Ask<StoredRedacted>(h => new RedactStored(h, dryRun));

    /// <summary>Files of the home folder, those outside of it left out, that hold a word in any case.</summary>
    private IReadOnlyList<string> Holding(string word) =>
    [
        .. Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories).Where(path => !path.StartsWith(Path.Combine(Home, "outside"), StringComparison.Ordinal))
            .Where(path =>
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                return Encoding.Latin1.GetString(bytes).Contains(word, StringComparison.OrdinalIgnoreCase);
            }),
    ];

    /// <summary>Many others around it, so that pages are split, merged and freed.</summary>
    private void AddOthers(string about)
    {
        for (int i = 0; i < 60; i++)
        {
            Add($"{about} {i}", $"Number {i} of what else there is to say about {about}, at some length. {new string((char)('a' + (i % 26)), 300)}");
        }
    }

    /// <summary>As an older version would have stored it: in the file, and by hand in every table that holds text.</summary>
    private string LetIn(Guid id)
    {
        string path = Get(id).Summary.Path!;
        using (var db = new SqliteConnection($"Data Source={Path.Combine(Home, "recall.db")};Pooling=false"))
        {
            db.Open();
            using SqliteCommand command = db.CreateCommand();
            command.CommandText = $"""
                UPDATE memories SET body = replace(body, 'PLACEHOLDER', '{Token}'), subject = subject || ' {Token}' WHERE id = '{id}';
                UPDATE chunks SET text = replace(text, 'PLACEHOLDER', '{Token}') WHERE memory_key = (SELECT memory_key FROM memories WHERE id = '{id}');
                INSERT INTO chunk_words(rowid, subject, keywords, heading, text, parts) VALUES(1000000, 'x', 'x', 'x', '{Token}', 'x');
                DELETE FROM chunk_words WHERE rowid = 1000000;
                """;
            command.ExecuteNonQuery();
        }
        File.WriteAllText(path, File.ReadAllText(path).Replace("PLACEHOLDER", Token, StringComparison.Ordinal));
        return path;
    }

    [Fact]
    public void Nothing_of_a_forgotten_memory_is_left_in_any_file()
    {
        AddOthers("before");
        Guid id = Add($"The {Word} one", $"It was {Word}, {Word} to the last.").Id;
        AddOthers("after");
        Assert.NotEmpty(Holding(Stem));

        Ask<MemoryForgotten>(h => new ForgetMemory(h, id));

        Assert.Empty(Holding(Stem));
        Assert.Equal(120, Status().Index.Memories.Sum(k => k.Count));
        Assert.Contains("keyword", Search("before 7").Hits.SelectMany(h => h.Matched));
    }

    [Fact]
    public void A_secret_that_got_in_is_removed_from_everything()
    {
        AddOthers("before");
        Guid id = Add("Deploying", "It is deployed with PLACEHOLDER since last week.").Id;
        AddOthers("after");
        string path = LetIn(id);
        Assert.NotEmpty(Holding(Tail[2..]));

        StoredRedacted dry = Redact(dryRun: true);
        Assert.NotEmpty(Holding(Tail[2..]));
        Assert.Contains(Token, File.ReadAllText(path), StringComparison.Ordinal);

        StoredRedacted done = Redact();

        Assert.Empty(Holding(Tail[2..]));
        Assert.Equal((121, 1), (done.Memories, done.Changed));
        Assert.Equal(dry.Findings, done.Findings, (a, b) => a! with { Kinds = [] } == b! with { Kinds = [] });
        SecretFinding finding = Assert.Single(done.Findings);
        Assert.Equal((id, path, false), (finding.Memory, finding.Path, finding.FileKept));
        Assert.Equal(["github-token"], finding.Kinds);
        Assert.Equal("It is deployed with [redacted:github-token] since last week.", Get(id).Content);
        Assert.Contains("[redacted:github-token]", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal("vector+keyword", string.Join('+', Search("deployed last week").Hits[0].Matched));
        Assert.Equal(0, Redact().Changed);
    }

    [Fact]
    public void A_file_of_somebody_else_is_named_and_stays_while_the_index_loses_the_secret()
    {
        string path = WriteFile("deploy.md", "# Deploying\n\nIt is deployed with PLACEHOLDER since last week.");
        Import(path, project: "/repo");
        Guid id = Search("deployed", new MemoryFilter([], Project: "/repo")).Hits[0].Summary.Id;
        LetIn(id);

        SecretFinding finding = Assert.Single(Redact().Findings);

        Assert.Equal((id, path, true), (finding.Memory, finding.Path, finding.FileKept));
        Assert.Contains(Token, File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Empty(Holding(Tail[2..]));
        Assert.Equal("/repo", Get(id).Summary.Project);
        Assert.Contains("[redacted:github-token]", Get(id).Content, StringComparison.Ordinal);
        Assert.True(Assert.Single(Redact().Findings).FileKept);
    }

    [Fact]
    public void A_row_whose_file_can_not_be_read_any_more_goes()
    {
        string path = WriteFile("deploy.md", "# Deploying\n\nIt is deployed with PLACEHOLDER since last week.");
        Import(path);
        Guid id = Search("deployed").Hits[0].Summary.Id;
        LetIn(id);
        File.WriteAllBytes(path, [0, 1, 2]);

        Assert.Equal(1, Redact().Changed);

        Assert.Empty(Holding(Tail[2..]));
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new GetMemory(h, id, 0)).Code);
    }

    [Fact]
    public void What_hooks_recorded_and_nobody_could_read_is_cleaned_too()
    {
        string folder = HookSpool.BadFolderOf(Home);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "1.json");
        File.WriteAllText(path, "{\"prompt\":\"use " + Token + " there\", torn");

        Redact(dryRun: true);
        Assert.Equal([path], Holding(Tail[2..]));
        Redact();

        Assert.Empty(Holding(Tail[2..]));
        Assert.Contains("there", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_that_is_all_private_goes_with_its_file()
    {
        Guid id = Add("Deploying", "It is deployed with PLACEHOLDER since last week.").Id;
        string path = Get(id).Summary.Path!;
        Memory memory = Assert.Single(FormatReader.Read(path, File.ReadAllBytes(path), DateTimeOffset.UnixEpoch, null).Memories);
        File.WriteAllText(path, MarkdownMemory.Write(memory with { Body = $"<private>All of it is {Word}.</private>" }));

        Assert.Equal(["private"], Assert.Single(Redact().Findings).Kinds);

        Assert.False(File.Exists(path));
        Assert.Empty(Holding(Stem));
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new GetMemory(h, id, 0)).Code);
    }
}
