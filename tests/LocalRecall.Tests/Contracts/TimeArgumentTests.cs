using LocalRecall.Contracts;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class TimeArgumentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 22, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("30m", "2026-11-21T21:30:00Z")]
    [InlineData("1.5h", "2026-11-21T20:30:00Z")]
    [InlineData("7d", "2026-11-14T22:00:00Z")]
    [InlineData("2W", "2026-11-07T22:00:00Z")]
    [InlineData("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z")]
    [InlineData("2026-11-01T10:00+02:00", "2026-11-01T08:00:00Z")]
    public void Reads_times_and_ages(string text, string expected) => Assert.Equal(DateTimeOffset.Parse(expected), TimeArgument.TryParse(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("7y")]
    [InlineData("99999999w")]
    [InlineData("yesterday")]
    public void Refuses_anything_else(string text) => Assert.Null(TimeArgument.TryParse(text, Now));
}
