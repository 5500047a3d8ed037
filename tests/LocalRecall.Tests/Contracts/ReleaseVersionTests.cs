using LocalRecall.Contracts;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class ReleaseVersionTests
{
    [Theory]
    [InlineData("0.1.1", "0.1.0")]
    [InlineData("0.2.0", "0.1.9")]
    [InlineData("1.0.0", "0.99.99")]
    [InlineData("0.10.0", "0.9.0")]
    [InlineData("2147483647.0.0", "2147483646.9.9")]
    public void One_is_newer_and_never_the_other_way_round(string newer, string older)
    {
        Assert.True(ReleaseVersion.IsNewer(newer, older));
        Assert.False(ReleaseVersion.IsNewer(older, newer));
        Assert.False(ReleaseVersion.IsNewer(newer, newer));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("9")]
    [InlineData("9.9")]
    [InlineData("9.9.9.9")]
    [InlineData("9.9.")]
    [InlineData("9..9")]
    [InlineData("-9.9.9")]
    [InlineData("+9.9.9")]
    [InlineData(" 9.9.9")]
    [InlineData("9.9.9\n")]
    [InlineData("9.9.9-beta")]
    [InlineData("v9.9.9")]
    [InlineData("9,9,9")]
    [InlineData("0x9.9.9")]
    [InlineData("٩.٩.٩")]
    [InlineData("99999999999.0.0")]
    [InlineData("newest")]
    public void What_is_no_version_is_not_newer_and_nothing_is_newer_than_it(string? garbage)
    {
        Assert.False(ReleaseVersion.IsNewer(garbage, "0.0.0"));
        Assert.False(ReleaseVersion.IsNewer("9.9.9", garbage));
    }
}
