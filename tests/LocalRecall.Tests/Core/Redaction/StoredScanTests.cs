using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Redaction;
using Xunit;

namespace LocalRecall.Tests.Core.Redaction;

public sealed class StoredScanTests
{
    private readonly StoredScan _scan = new();

    private static Memory Given(string body, string? project = null) =>
        new(MemoryId.New(), MemoryKind.Episodic, "Subject", ["w"], AppliesTo.Global, DateTimeOffset.UnixEpoch, project, body);

    [Fact]
    public void What_is_clean_is_counted_and_nothing_more()
    {
        Memory clean = Given("Nothing to see here.");
        _scan.AddRows([new StoredMemory(clean, "/a.md")]);

        Assert.Empty(_scan.AddFile("/a.md", [clean], _ => true));
        Assert.Equal((1, 0), (_scan.Memories, _scan.Changed));
        Assert.Empty(_scan.Found);
        Assert.Empty(_scan.ToRead);
    }

    [Fact]
    public void A_memory_in_row_and_file_is_one_finding_and_its_file_is_read_anew_for_its_project()
    {
        Memory dirty = Given("It wants password=hunter2 now.", "/repo");
        _scan.AddRows([new StoredMemory(dirty, "/a.md")]);

        Memory toWrite = Assert.Single(_scan.AddFile("/a.md", [dirty], _ => true));

        Assert.Equal("It wants password=[redacted:password] now.", toWrite.Body);
        StoredSecret found = Assert.Single(_scan.Found);
        Assert.Equal((dirty.Id, "/a.md", false), (found.Memory.Id, found.Path, found.FileKept));
        Assert.Equal("/repo", Assert.Single(_scan.ToRead).Value);
    }

    [Fact]
    public void A_file_that_was_edited_is_found_though_its_row_is_clean()
    {
        Memory edited = Given("It wants password=hunter2 now.");
        _scan.AddRows([new StoredMemory(Redactor.Clean(edited).Kept, "/a.md")]);

        Assert.Single(_scan.AddFile("/a.md", [edited], _ => true));
        Assert.Equal("/a.md", Assert.Single(_scan.ToRead).Key);
    }

    [Fact]
    public void Another_owners_file_is_kept_and_read_anew_only_if_a_row_came_from_it()
    {
        Memory dirty = Given("It wants password=hunter2 now.", "/repo");
        _scan.AddRows([new StoredMemory(dirty, "/first.md")]);

        Assert.Empty(_scan.AddFile("/first.md", [dirty], _ => false));
        Assert.Empty(_scan.AddFile("/copy.md", [dirty with { Project = null }], _ => false));
        Assert.Empty(_scan.AddFile("/other.md", [Given("It wants password=hunter3 now.")], _ => false));

        Assert.All(_scan.Found, found => Assert.True(found.FileKept));
        Assert.Equal(["/copy.md", "/first.md"], _scan.ToRead.Keys.Order());
        Assert.All(_scan.ToRead.Values, project => Assert.Equal("/repo", project));
        Assert.Equal(2, _scan.Changed);
    }
}
