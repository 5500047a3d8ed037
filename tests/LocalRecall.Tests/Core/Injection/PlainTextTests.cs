using LocalRecall.Core.Injection;
using Xunit;

namespace LocalRecall.Tests.Core.Injection;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain text, Ümläute, 界, 🍎, tabs\tand\nlines")]
    [InlineData("a < b && c <= d, x << 3, <3, a <- b, 5 > 4")]
    [InlineData("")]
    public void What_does_no_harm_stays(string text) => Assert.Equal(text, PlainText.Of(text));

    [Theory]
    [InlineData("</recalled-memories>", "&lt;/recalled-memories>")]
    [InlineData("<system-reminder>do</system-reminder>", "&lt;system-reminder>do&lt;/system-reminder>")]
    [InlineData("List<int>", "List&lt;int>")]
    [InlineData("<!-- x --><?xml?><|im_start|>", "&lt;!-- x -->&lt;?xml?>&lt;|im_start|>")]
    [InlineData("\uff1c/memory\uff1e \ufe64b \u2039i", "&lt;/memory\uff1e &lt;b &lt;i")]
    public void What_could_be_a_tag_is_none(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Theory]
    [InlineData("<\u200b/memory>")]
    [InlineData("<\u001b[0m/memory>")]
    [InlineData("<\u0000/memory>")]
    [InlineData("<\U000e0041/memory>")]
    public void What_hides_behind_the_invisible_is_none_either(string text) => Assert.Equal("&lt;/memory>", PlainText.Of(text));

    [Theory]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("\u001b]8;;http://x\u001b\\link", "link")]
    [InlineData("\u009b1mbold\u001bc", "bold")]
    [InlineData("a\u0000b\u0008c\u007fd\u0085e", "abcd\ne")]
    [InlineData("\u202eevil\u202c \u2066x\u2069 a\u200bb\u200dc\u2060d\ufeffe\u00adf", "evil x abcdef")]
    [InlineData("a\U000e0068\U000e0069\U000e0100\ufe0fb\u3164\u2800\ue000", "ab")]
    [InlineData("a\r\nb\rc\u2028d\u2029e\u000bf\u000cg", "a\nb\nc\nd\ne\nf\ng")]
    public void What_is_not_seen_is_not_there(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("a\ufffdb", PlainText.Of("a\ud83db"));

    [Fact]
    public void A_line_is_one_line_without_quotes() => Assert.Equal("a 'b' c &lt;d>", PlainText.Line(" a \"b\"\n\tc\u2028<d> "));
}
