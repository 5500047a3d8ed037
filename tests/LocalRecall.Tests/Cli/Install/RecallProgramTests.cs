using LocalRecall.Cli.Install;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Install;

public sealed class RecallProgramTests
{
    [UnixTheory]
    [InlineData("/opt/recall", "/opt/recall hook Stop")]
    [InlineData("/my tools/recall", "'/my tools/recall' hook Stop")]
    [InlineData("/it's/$HOME/recall", @"'/it'\''s/$HOME/recall' hook Stop")]
    public void A_command_line_is_quoted_and_known_again(string file, string line)
    {
        Assert.Equal(line, new RecallProgram(file).Line(["hook", "Stop"]));
        Assert.Equal([file, "hook", "Stop"], RecallProgram.Words(line));
        Assert.Equal(file, RecallProgram.In(RecallProgram.Words(line), "hook"));
    }

    [Theory]
    [InlineData("recall hook Stop", "recall")]
    [InlineData("C:/Tools/recall.exe hook Stop", "C:/Tools/recall.exe")]
    [InlineData("dotnet /x/recall.dll hook Stop", "/x/recall.dll")]
    [InlineData("timeout 5 \"/a b/recall\" hook Stop --agent codex", "/a b/recall")]
    [InlineData("/opt/total-recall hook Stop", null)]
    [InlineData("echo recall", null)]
    [InlineData("recall search hook", null)]
    [InlineData("", null)]
    public void Our_own_commands_are_told_from_others(string line, string? program) => Assert.Equal(program, RecallProgram.In(RecallProgram.Words(line), "hook"));
}
