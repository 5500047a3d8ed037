using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Tests.Infrastructure.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Files;

public sealed class MemoryFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryFiles _files;

    public MemoryFilesTests() => _files = new MemoryFiles(_folder["home"], TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(MemoryKind.Episodic, "episodic-memory")]
    [InlineData(MemoryKind.Thinking, "thinking-memory")]
    public void A_written_memory_lies_below_home_and_reads_back(MemoryKind kind, string folder)
    {
        string body = kind == MemoryKind.Thinking ? MemoryRules.ThinkingBody("why", "so") : "A fact of some length.";
        Memory memory = Given.Memory(7, body, "Subject: with a colon", kind, keywords: kind == MemoryKind.Thinking ? [] : ["one"]);

        SourceState state = _files.Write(memory);

        Assert.Equal(_folder["home", "memories", folder, $"{memory.Id}.md"], state.Path);
        SourceContent content = _files.Read(state.Path);
        Assert.Equal(state, content.State);
        Assert.Equal(new SourceStamp(state.LengthBytes, state.ModifiedAt), _files.Stat(state.Path));
        Memory read = Assert.Single(FormatReader.Read(state.Path, content.Bytes, state.ModifiedAt, null).Memories);
        Assert.Equal((memory.Id, memory.Kind, memory.Subject, memory.Body), (read.Id, read.Kind, read.Subject, read.Body));
    }

    [Fact]
    public void Writing_again_replaces_the_file_and_leaves_nothing_beside_it()
    {
        _files.Write(Given.Memory(7, "The first version."));
        SourceState state = _files.Write(Given.Memory(7, "The second version."));

        Assert.Equal([state.Path], Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Where(File.Exists));
        Assert.Contains("The second version.", File.ReadAllText(state.Path));
    }

    [Fact]
    public void A_write_that_fails_leaves_what_was_there()
    {
        string taken = _folder["home", "memories", "episodic-memory", $"{Given.Id(7)}.md"];
        Directory.CreateDirectory(taken);

        Assert.ThrowsAny<Exception>(() => _files.Write(Given.Memory(7, "It can't replace a folder.")));

        Assert.Equal([taken], Directory.GetFileSystemEntries(_folder["home", "memories", "episodic-memory"]));
    }

    [Fact]
    public void Only_files_below_home_are_deleted()
    {
        string own = _files.Write(Given.Memory(7, "A fact of some length.")).Path;
        string other = _folder.Write("elsewhere/a.md", "text");

        Assert.True(_files.DeleteOwned(own));
        Assert.False(_files.DeleteOwned(own));
        Assert.False(_files.DeleteOwned(other));
        Assert.False(_files.DeleteOwned(_folder["home", "memories", "..", "..", "elsewhere", "a.md"]));
        Assert.False(File.Exists(own));
        Assert.True(File.Exists(other));
    }

    [Fact]
    public void A_folder_is_listed_in_order_without_what_is_hidden_linked_or_of_another_kind()
    {
        string[] wanted = ["in/B.MD", "in/a.md", "in/deep/d.txt", "in/deep/er/c.markdown", "in/episodic-000001.jsonl", "in/thinking-000002.jsonl"];
        string[] unwanted = ["in/.git/a.md", "in/.hidden.md", "in/node_modules/x/readme.md", "in/log.jsonl", "in/image.png", "in/program.cs", "outside/e.md"];
        foreach (string file in wanted.Concat(unwanted)) _folder.Write(file, "text");
        Directory.CreateSymbolicLink(_folder["in", "loop"], _folder["in"]);
        Directory.CreateSymbolicLink(_folder["in", "out"], _folder["outside"]);
        File.CreateSymbolicLink(_folder["in", "link.md"], _folder["outside", "e.md"]);

        FileListing listing = _files.List(_folder["in", "deep", ".."] + Path.DirectorySeparatorChar);

        Assert.Equal(wanted.Select(w => _folder[w.Split('/')]), listing.Paths);
        Assert.Empty(listing.Faults);
    }

    [Theory]
    [InlineData("in/program.cs")]
    [InlineData("in/.hidden/notes")]
    public void A_file_named_itself_is_taken_whatever_it_is_called(string file)
    {
        string path = _folder.Write(file, "text");
        Assert.Equal([path], _files.List(path).Paths);
    }

    [Fact]
    public void A_path_that_is_not_there_is_a_fault()
    {
        FileListing listing = _files.List(_folder["nowhere"]);
        Assert.Empty(listing.Paths);
        Assert.Equal(_folder["nowhere"], Assert.Single(listing.Faults).Path);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_a_fault_and_the_others_are_listed()
    {
        // Permissions stop no superuser; a path that grew too long by moving stops everybody.
        if (OperatingSystem.IsWindows()) return;
        string beside = _folder.Write("in/a.md", "text");
        string part = new('x', 200);
        string one = _folder["one"], two = _folder["in", "two"];
        for (int i = 0; i < 12; i++)
        {
            one = Path.Combine(one, part);
            two = Path.Combine(two, part);
        }
        Directory.CreateDirectory(one);
        Directory.CreateDirectory(two);
        Directory.Move(_folder["one"], Path.Combine(two, "one"));
        try
        {
            FileListing listing = _files.List(_folder["in"]);
            Assert.Equal([beside], listing.Paths);
            Assert.StartsWith(two, Assert.Single(listing.Faults).Path);
        }
        finally
        {
            Directory.Move(Path.Combine(two, "one"), _folder["one"]);
        }
    }

    [Fact]
    public void A_link_reads_as_what_it_leads_to()
    {
        string target = _folder.Write("target.md", "some text");
        string link = _folder["link.md"];
        File.CreateSymbolicLink(link, target);

        Assert.Equal("some text"u8, _files.Read(link).Bytes);
        Assert.Equal(_files.Stat(target), _files.Stat(link));
    }

    [Fact]
    public void A_file_someone_is_writing_can_be_read()
    {
        string path = _folder.Write("a.md", "");
        using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        writer.Write("so far"u8);
        writer.Flush();
        Assert.Equal("so far"u8, _files.Read(path).Bytes);
    }

    [Fact]
    public void What_is_no_file_cannot_be_read_and_says_so()
    {
        Assert.Contains("folder", Assert.Throws<IOException>(() => _files.Read(_folder.Path)).Message);
        Assert.ThrowsAny<IOException>(() => _files.Read(_folder["nowhere.md"]));
        Assert.Null(_files.Stat(_folder["nowhere.md"]));
        Assert.Null(_files.Stat(_folder.Path));
    }

    [Fact]
    public void A_file_over_the_limit_is_not_read()
    {
        string path = _folder["huge.md"];
        using (FileStream file = File.Create(path)) file.SetLength(100L * 1024 * 1024 + 1);
        Assert.Contains("100 MB", Assert.Throws<IOException>(() => _files.Read(path)).Message);
    }
}
