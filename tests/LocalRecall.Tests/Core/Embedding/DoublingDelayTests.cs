using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class DoublingDelayTests
{
    [Fact]
    public void Doubles_up_to_sixteen_times_and_begins_again()
    {
        var delay = new DoublingDelay(TimeSpan.FromSeconds(15));
        var seconds = new List<double>();
        for (int i = 0; i < 6; i++)
        {
            seconds.Add(delay.Current.TotalSeconds);
            delay.Double();
        }

        delay.Reset();

        Assert.Equal([15, 30, 60, 120, 240, 240], seconds);
        Assert.Equal(15, delay.Current.TotalSeconds);
    }
}
