using LocalRecall.Cli.Output;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class CleanTests
{
    [Theory]
    [InlineData("plain ä 😀 \u200D 漢", "plain ä 😀 \u200D 漢")]
    [InlineData("a\tb\r\nc", "a\tb\nc")]
    [InlineData("\u001b[2J", "�[2J")]
    [InlineData("\u009b31m", "�31m")]
    [InlineData("a\bb\u007f\0", "a�b��")]
    [InlineData("safe\u202Egnp.exe\u2066", "safe�gnp.exe�")]
    public void Lines_lose_what_a_terminal_would_obey(string text, string expected) => Assert.Equal(expected, Clean.Lines(text));

    [Theory]
    [InlineData("a\r\nb\tc\rd", "a b c d")]
    [InlineData("a\u0085b\u2028c", "a b c")]
    public void Line_has_no_breaks(string text, string expected) => Assert.Equal(expected, Clean.Line(text));
}
