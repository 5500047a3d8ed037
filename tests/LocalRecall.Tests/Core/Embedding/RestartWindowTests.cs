using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class RestartWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RestartWindow _restarts = new(allowed: 3, span: TimeSpan.FromMinutes(1));

    private bool Restart(int second, bool explained = false) => _restarts.TryAdd(explained, Start.AddSeconds(second));

    [Fact]
    public void The_fourth_within_a_minute_is_one_too_many() =>
        Assert.Equal([true, true, true, false], new[] { 0, 20, 40, 59 }.Select(second => Restart(second)));

    [Fact]
    public void What_is_a_minute_ago_does_not_count_any_more() =>
        Assert.Equal([true, true, true, true, true, false], new[] { 0, 20, 40, 60, 80, 81 }.Select(second => Restart(second)));

    [Fact]
    public void A_bad_text_explains_its_own_restart_and_those_before_it()
    {
        Assert.All([1, 2, 3], second => Assert.True(Restart(second)));
        Assert.True(Restart(4, explained: true));
        Assert.All([5, 6, 7], second => Assert.True(Restart(second)));
        Assert.False(Restart(8));
    }
}
