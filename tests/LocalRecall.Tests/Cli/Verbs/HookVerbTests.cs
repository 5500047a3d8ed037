using LocalRecall.Cli.Verbs;
using Xunit;

namespace LocalRecall.Tests.Cli.Verbs;

public sealed class HookVerbTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("Stop", "Stop", null)]
    [InlineData("Stop --agent codex", "Stop", "codex")]
    [InlineData("--agent=cursor stop", "stop", "cursor")]
    [InlineData("--what Stop more -x --agent", "Stop", null)]
    public void Arguments_are_taken_as_far_as_they_are_understood(string line, string? eventName, string? agent) =>
        Assert.Equal((eventName, agent), HookVerb.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData("hook", true)]
    [InlineData("hook Stop --agent x", true)]
    [InlineData("hook --help", false)]
    [InlineData("hook Stop -h", false)]
    [InlineData("search hook", false)]
    public void Only_help_goes_the_long_way(string line, bool takes) => Assert.Equal(takes, HookVerb.Takes(line.Split(' ')));
}
