using LocalRecall.Contracts;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class ProtocolRangeTests
{
    [Theory]
    [InlineData(1, false, 2)]
    [InlineData(2, true, 2)]
    [InlineData(3, true, 3)]
    [InlineData(4, true, 4)]
    [InlineData(5, false, 4)]
    [InlineData(int.MinValue, false, 2)]
    public void Holds_its_bounds_and_knows_the_nearest(int version, bool contained, int nearest)
    {
        var range = new ProtocolRange(2, 4);
        Assert.Equal((contained, nearest), (range.Contains(version), range.Nearest(version)));
    }

    [Fact]
    public void Ours_holds_what_we_speak()
    {
        Assert.True(ProtocolRange.Ours.Contains(WireLimits.ProtocolVersion));
        Assert.Equal(("1", "2 to 4"), (new ProtocolRange(1, 1).ToString(), new ProtocolRange(2, 4).ToString()));
    }
}
