using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Ingest;

/// <summary>What must not be stored is not, wherever it comes in.</summary>
public sealed class RedactionTests : HostTest
{
    private const string Token = "ghp_" + "x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi";

    [Fact]
    public void An_added_memory_is_stored_without_its_secrets()
    {
        var added = Ask<MemoryAdded>(h => new AddMemory(
            h, "episodic", $"Deploys with {Token}", [Token, "deploy"], "global", null, null, $"It is deployed with {Token}, <private>never say so</private> daily."));

        MemoryFound found = Ask<MemoryFound>(h => new GetMemory(h, added.Id, 0));
        Assert.Equal("It is deployed with [redacted:github-token],  daily.", found.Content);
        Assert.Equal("Deploys with [redacted:github-token]", found.Summary.Subject);
        Assert.Equal(["[redacted:github-token]", "deploy"], found.Summary.Keywords);
        string file = File.ReadAllText(found.Summary.Path!);
        Assert.DoesNotContain(Token, file, StringComparison.Ordinal);
        Assert.DoesNotContain("never say", file, StringComparison.Ordinal);
        Assert.DoesNotContain("keyword", Search("x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi").Hits.SelectMany(h => h.Matched));
    }

    [Fact]
    public void A_memory_of_which_too_little_is_left_is_refused()
    {
        var failure = Ask<Failure>(h => new AddMemory(h, "episodic", "A subject", ["k"], "global", null, null, "<private>All of this is private.</private>"));

        Assert.Equal(FailureCode.BadRequest, failure.Code);
        Assert.Contains("private", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Home, "memories", "episodic-memory")) && Directory.EnumerateFiles(Path.Combine(Home, "memories", "episodic-memory")).Any());
    }

    [Fact]
    public void The_same_memory_with_another_secret_is_the_same_memory()
    {
        MemoryAdded first = Add("One", "The database answers with password=hunter2 given.");
        MemoryAdded second = Add("Two", "The database answers with password=hunter3 given.");

        Assert.Equal((first.Id, true), (second.Id, second.Duplicate));
    }

    [Fact]
    public void An_imported_file_keeps_its_secrets_and_the_index_does_not_get_them()
    {
        string text = $"# Deploying\n\nWe deploy cranberries with {Token}.\n";
        string path = WriteFile("deploy.md", text);

        Assert.Equal(1, Import(path).Counts.Stored);

        Assert.Equal(text, File.ReadAllText(path));
        SearchHit hit = Search("cranberries").Hits[0];
        Assert.Contains("[redacted:github-token]", hit.Content, StringComparison.Ordinal);
        Assert.Equal(1, Import(path).Counts.Unchanged);
    }

    [Fact]
    public void An_imported_file_that_is_all_private_holds_nothing()
    {
        string path = WriteFile("diary.md", "<private>\n# Diary\n\nDear diary.\n</private>\n");

        Assert.Equal((0, 0), (Import(path).Counts.Stored, Import(path).Counts.Failed));
    }

    [Fact]
    public void What_was_forgotten_does_not_come_back_from_a_file_with_a_secret()
    {
        string path = WriteFile("deploy.md", $"# Deploying\n\nWe deploy cranberries with {Token}.\n");
        Import(path);
        Ask<MemoryForgotten>(h => new ForgetMemory(h, Search("cranberries").Hits[0].Summary.Id));

        Assert.Equal(0, Import(path).Counts.Stored);
    }
}
