using System.Text;
using LocalRecall.Core.Transcripts;
using Xunit;

namespace LocalRecall.Tests.Core.Transcripts;

public sealed class TranscriptLinesTests
{
    private static List<(long Offset, string Text, long? End)> Read(string text, int from = 0, int maxLine = 1000, int buffer = 4)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text)) { Position = from };
        return [.. TranscriptLines.Read(stream, maxLine, buffer).Select(line => (line.OffsetBytes, Encoding.UTF8.GetString(line.Bytes.Span), line.EndBytes))];
    }

    [Fact]
    public void Lines_come_with_where_they_begin_and_end() =>
        Assert.Equal([(0, "one", 4), (4, "", 5), (5, "a longer line than the buffer\r", 36), (36, "torn", null)], Read("one\n\na longer line than the buffer\r\ntorn"));

    [Fact]
    public void Reading_begins_where_the_stream_stands() => Assert.Equal([(4, "two", 8L)], Read("one\ntwo\n", from: 4));

    [Fact]
    public void Of_nothing_there_is_no_line()
    {
        Assert.Empty(Read(""));
        Assert.Empty(Read("one\n", from: 4));
    }

    [Fact]
    public void A_line_that_is_too_long_comes_empty_and_the_next_is_whole()
    {
        string longest = new('x', 100);
        Assert.Equal([(0, "one", 4), (4, "", 105), (105, "two", 109L)], Read($"one\n{longest}\ntwo\n", maxLine: 20));
        Assert.Equal([(0, "one", 4), (4, "", (long?)null)], Read($"one\n{longest}", maxLine: 20));
    }

    [Fact]
    public void Whatever_the_buffer_and_the_line_breaks_all_bytes_are_seen_once()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => random.Next(6) == 0 ? "\n" : "abcä"[random.Next(4)].ToString()));
            List<(long Offset, string Text, long? End)> lines = Read(text, buffer: random.Next(1, 40));
            Assert.Equal(text, string.Concat(lines.Select(line => line.Text + (line.End is null ? "" : "\n"))));
            Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Offset));
        }
    }
}
