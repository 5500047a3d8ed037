using System.Text;
using LocalRecall.Cli.Hooks;
using LocalRecall.Contracts.Hooks;
using Xunit;

namespace LocalRecall.Tests.Cli.Hooks;

public sealed class HookStdinTests
{
    private static string Read(Pieces input) => Encoding.UTF8.GetString(HookStdin.Read(input));

    [Fact]
    public void All_there_is_in_whatever_pieces_it_comes()
    {
        Assert.Equal("", Read(new Pieces()));
        Assert.Equal("{\"a\":", Read(new Pieces("{", "\"a\"", ":")));
        Assert.Equal("no json at all", Read(new Pieces("no json", " at all")));
    }

    [Fact]
    public void A_whole_object_is_enough_though_the_agent_leaves_its_end_open()
    {
        Assert.Equal("{\"a\":{}}\n", Read(new Pieces("{\"a\":{}", "}\n", "never read") { EndsInTime = false }));
        Assert.Equal("{\"a\":\"}\"}", Read(new Pieces("{\"a\":\"}", "\"}") { EndsInTime = false }));
    }

    [Fact]
    public void Of_too_much_the_beginning_is_kept_and_the_rest_is_taken_all_the_same()
    {
        var input = new Pieces([.. Enumerable.Repeat(new string('x', 60_000), 200)]);

        Assert.Equal(HookReader.MaxInputBytes, HookStdin.Read(input).Length);
        Assert.True(input.AtEnd);
    }

    /// <summary>A pipe that gives one piece at a time.</summary>
    private sealed class Pieces(params string[] pieces) : Stream
    {
        private readonly Queue<byte[]> left = new(pieces.Select(Encoding.UTF8.GetBytes));

        /// <summary>False: to read once more than there are pieces would wait for ever.</summary>
        public bool EndsInTime { get; init; } = true;

        public bool AtEnd { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (left.Count == 0 || (!EndsInTime && left.Count == 1 && pieces[^1] == "never read"))
            {
                Assert.True(EndsInTime, "It would have waited for ever.");
                AtEnd = true;
                return 0;
            }

            byte[] piece = left.Dequeue();
            int taken = Math.Min(count, piece.Length);
            piece.AsSpan(0, taken).CopyTo(buffer.AsSpan(offset));
            if (taken < piece.Length)
            {
                byte[][] rest = [piece[taken..], .. left];
                left.Clear();
                foreach (byte[] later in rest)
                {
                    left.Enqueue(later);
                }
            }

            return taken;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
