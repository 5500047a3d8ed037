using LocalRecall.Cli.Output;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class VersionNoteTests
{
    [Theory]
    [InlineData("1.2.3", "1.2.3", null)]
    [InlineData("1.2.3", "1.2.2", "replaces the older host")]
    [InlineData("1.2.3", "1.3.0", "To upgrade it, install LocalRecall 1.3.0.")]
    [InlineData("1.2.3", "newest", "as long as they speak the same protocol")]
    public void Says_what_happens_next(string client, string host, string? note)
    {
        string? said = VersionNote.Of(client, host);
        Assert.Equal(note is null, said is null);
        Assert.Contains(note ?? "", said ?? "", StringComparison.Ordinal);
    }
}
