using System.Text;
using LocalRecall.Cli.Install;
using Xunit;

namespace LocalRecall.Tests.Cli.Install;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData(null, "a\nb\n", "@@ 1|+ a|+ b")]
    [InlineData("a\n", null, "@@ 1|- a")]
    [InlineData("a\n", "a\n", "")]
    [InlineData("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4\n5\nx\n6\n7", "@@ 4|  4|  5|+ x|  6|  7")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9", "1\nx\n3\n4\n5\n6\n7\n9\n9", "@@ 1|  1|- 2|+ x|  3|  4|@@ 6|  6|  7|- 8|  9|+ 9")]
    public void Shows_what_changes_with_two_lines_around_it(string? before, string? after, string expected) =>
        Assert.Equal(expected, string.Join('|', LineDiff.Of(Bytes(before), Bytes(after))));

    [Fact]
    public void Applied_to_the_old_text_it_gives_the_new_one()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            string[] a = Lines(random);
            string[] b = Lines(random);
            string[] diff = [.. LineDiff.Of(Bytes(string.Join('\n', a)), Bytes(string.Join('\n', b)), context: 9).Where(l => !l.StartsWith("@@", StringComparison.Ordinal))];
            Assert.Equal(a.SequenceEqual(b) ? [] : b, diff.Where(l => l[0] != '-').Select(l => l[2..]));
            Assert.Equal(a.SequenceEqual(b) ? [] : a, diff.Where(l => l[0] != '+').Select(l => l[2..]));
        }

        static string[] Lines(Random random) => [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => ((char)('a' + random.Next(3))).ToString())];
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
