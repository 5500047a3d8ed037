using LocalRecall.Contracts.Hooks;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Contracts.Hooks;

public sealed class OptOutTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_covers_its_folder_and_all_below()
    {
        _folder.Write("private/.localrecall-ignore", "");

        Assert.True(OptOut.Covers(_folder["private"]));
        Assert.True(OptOut.Covers(_folder["private", "deep", "not", "there"]));
        Assert.False(OptOut.Covers(_folder["public"]));
        Assert.False(OptOut.Covers(_folder.Path));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_is_no_folder_has_not_opted_out(string? folder) => Assert.False(OptOut.Covers(folder));
}
