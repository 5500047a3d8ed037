using System.Text;
using LocalRecall.Cli.Mcp;
using Xunit;

namespace LocalRecall.Tests.Cli.Mcp;

public sealed class LineReaderTests
{
    private const int Limit = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Lines_are_the_same_in_whatever_pieces_they_come(int pieceBytes)
    {
        byte[] input = [.. "first\r\n\n{\"q\":\"über\"}\n"u8, 0, 255, 13, (byte)'\n', .. Encoding.UTF8.GetBytes(new string('x', 40_000)), .. "\nlast"u8];

        Assert.Equal(["first\r", "", "{\"q\":\"über\"}", "\0\uFFFD\r", new string('x', 40_000), "last"], Read(new Pieces(input, pieceBytes)).Select(line => line.Text));
    }

    [Fact]
    public void No_input_is_no_line_and_an_empty_last_one_is_none()
    {
        Assert.Empty(Read(new MemoryStream([])));
        Assert.Equal(["a"], Read(new MemoryStream("a\n"u8.ToArray())).Select(line => line.Text));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000)]
    public void Of_a_line_that_is_too_long_both_ends_are_kept_and_the_next_is_whole(int pieceBytes)
    {
        string longest = "[" + new string('a', Limit - 2) + "]";
        string longer = "{" + new string('b', Limit) + ",\"id\":7}";

        var lines = Read(new Pieces(Encoding.UTF8.GetBytes($"{longest}\n{longer}\nnext\n"), pieceBytes));

        Assert.Equal((longest, false), (lines[0].Text, lines[0].TooLong));
        Assert.Equal((longer[..Limit], true), (lines[1].Text, lines[1].TooLong));
        Assert.Equal(512, lines[1].End.Length);
        Assert.EndsWith(lines[1].End, longer, StringComparison.Ordinal);
        Assert.Equal(("next", false), (lines[2].Text, lines[2].TooLong));
    }

    [Fact]
    public void A_huge_line_is_passed_over_without_keeping_it()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var lines = new LineReader(new Endless(50_000_000), Limit);

        Assert.True(lines.Next());

        Assert.True(lines.IsTooLong);
        Assert.False(lines.Next());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Limit);
    }

    private static List<(string Text, bool TooLong, string End)> Read(Stream input)
    {
        var reader = new LineReader(input, Limit);
        List<(string, bool, string)> lines = [];
        while (reader.Next())
        {
            lines.Add((Encoding.UTF8.GetString(reader.Line), reader.IsTooLong, Encoding.UTF8.GetString(reader.End)));
        }

        return lines;
    }

    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(most, count));
    }

    private sealed class Endless(long length) : MemoryStream
    {
        private long left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, left);
            buffer.AsSpan(offset, read).Fill((byte)'x');
            left -= read;
            return read;
        }
    }
}
