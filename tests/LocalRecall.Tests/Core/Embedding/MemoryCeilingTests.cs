using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class MemoryCeilingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Is_exceeded_above_it_and_not_again_before_the_pause_is_over()
    {
        var ceiling = new MemoryCeiling(1000, TimeSpan.FromMinutes(5));

        Assert.False(ceiling.IsExceeded(1000, Start));
        Assert.True(ceiling.IsExceeded(1001, Start));
        Assert.False(ceiling.IsExceeded(5000, Start.AddSeconds(299)));
        Assert.True(ceiling.IsExceeded(1001, Start.AddSeconds(300)));
    }

    [Fact]
    public void Zero_is_none()
    {
        var ceiling = new MemoryCeiling(0, TimeSpan.Zero);

        Assert.False(ceiling.Exists);
        Assert.False(ceiling.IsExceeded(long.MaxValue, Start));
    }
}
