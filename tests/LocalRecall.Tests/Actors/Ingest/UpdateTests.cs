using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Ingest;

public sealed class UpdateTests : HostTest
{
    private const string Content = "Frames are little-endian, the length comes first.";

    private MemoryFound Get(Guid id) => Ask<MemoryFound>(h => new GetMemory(h, id, 0));

    [Fact]
    public void Content_changes_under_the_same_id_in_the_file_and_in_every_search()
    {
        Guid id = Add("Frames", Content).Id;
        MemoryFound before = Get(id);

        var updated = Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, null, "Frames hold cranberries nowadays."));

        MemoryFound after = Get(id);
        Assert.Equal((id, false), (updated.Id, updated.EmbeddingPending));
        Assert.Equal("Frames hold cranberries nowadays.", after.Content);
        Assert.Equal((before.Summary.OccurredAt, before.Summary.Path, "Frames"), (after.Summary.OccurredAt, after.Summary.Path, after.Summary.Subject));
        Assert.Contains("cranberries", File.ReadAllText(after.Summary.Path!), StringComparison.Ordinal);
        Assert.Equal(id, Search("cranberries").Hits[0].Summary.Id);
        Assert.DoesNotContain("keyword", Search("endian length").Hits.SelectMany(h => h.Matched));
        Assert.Single(Directory.GetFiles(Path.Combine(Home, "memories"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_not_given_stays()
    {
        Guid id = Add("Frames", Content, appliesTo: "area:wire").Id;

        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, "Frames on the wire", null, null, null));
        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, ["wire", "bytes"], null, null));
        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, "file:src/Frames.cs", null));

        MemoryFound after = Get(id);
        Assert.Equal((Content, "Frames on the wire", "file:src/Frames.cs"), (after.Content, after.Summary.Subject, after.Summary.AppliesTo));
        Assert.Equal(["wire", "bytes"], after.Summary.Keywords);
    }

    [Fact]
    public void The_same_update_twice_changes_nothing_more()
    {
        Guid id = Add("Frames", Content).Id;
        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, null, "Frames hold cranberries nowadays."));
        string file = File.ReadAllText(Get(id).Summary.Path!);

        Assert.Equal(id, Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, null, "Frames hold cranberries nowadays.")).Id);
        Assert.Equal(file, File.ReadAllText(Get(id).Summary.Path!));
    }

    [Theory]
    [InlineData(null, "too short", "at least 10")]
    [InlineData("", null, "subject")]
    [InlineData(null, "<private>everything in here is private</private>", "private")]
    [InlineData(null, null, "Nothing to change")]
    public void An_update_against_the_rules_is_refused_and_changes_nothing(string? subject, string? content, string reason)
    {
        Guid id = Add("Frames", Content).Id;

        var refused = Ask<Failure>(h => new UpdateMemory(h, id, subject, null, null, content));

        Assert.Equal(FailureCode.BadRequest, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal((Content, "Frames"), (Get(id).Content, Get(id).Summary.Subject));
    }

    [Fact]
    public void Content_that_another_memory_has_is_refused_and_nothing_is_lost()
    {
        Guid one = Add("One", Content).Id;
        Guid two = Add("Two", "Another content, which stays.").Id;

        var refused = Ask<Failure>(h => new UpdateMemory(h, two, null, null, null, Content));

        Assert.Equal(FailureCode.BadRequest, refused.Code);
        Assert.Contains(one.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Equal("Another content, which stays.", Get(two).Content);
        Assert.Contains("which stays", File.ReadAllText(Get(two).Summary.Path!), StringComparison.Ordinal);
        Assert.Equal(two, Ask<MemoryUpdated>(h => new UpdateMemory(h, two, null, null, "area:elsewhere", Content)).Id);
    }

    [Fact]
    public void Secrets_do_not_come_in_by_an_update()
    {
        Guid id = Add("Frames", Content).Id;

        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, null, "The broker wants password=hunter2 since today."));

        Assert.Equal("The broker wants password=[redacted:password] since today.", Get(id).Content);
        Assert.DoesNotContain("hunter2", File.ReadAllText(Get(id).Summary.Path!), StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_elses_file_is_not_changed()
    {
        string path = WriteFile("note.md", "# Note\n\nIt speaks of cherries.");
        Import(path);
        Guid id = Search("cherries").Hits[0].Summary.Id;

        var refused = Ask<Failure>(h => new UpdateMemory(h, id, null, null, null, "It speaks of dates now."));

        Assert.Equal(FailureCode.BadRequest, refused.Code);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new UpdateMemory(h, Guid.NewGuid(), "x", null, null, null)).Code);
    }

    [Fact]
    public void An_edit_of_the_file_that_was_not_seen_yet_is_not_undone()
    {
        Guid id = Add("Frames", Content).Id;
        string path = Get(id).Summary.Path!;
        File.WriteAllText(path, File.ReadAllText(path).Replace("subject: Frames", "subject: Frames by hand", StringComparison.Ordinal));

        Ask<MemoryUpdated>(h => new UpdateMemory(h, id, null, null, null, "Frames hold cranberries nowadays."));

        Assert.Equal("Frames by hand", Get(id).Summary.Subject);
    }
}
