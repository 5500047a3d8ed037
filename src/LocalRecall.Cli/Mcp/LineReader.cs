using System.Buffers;

namespace LocalRecall.Cli.Mcp;

/// <summary>Reads lines of bytes. Of one that is too long it keeps the beginning and the end only.</summary>
internal sealed class LineReader(Stream input, int limitBytes)
{
    private const int ChunkBytes = 16 * 1024;
    private const int EndBytes = 512;

    private readonly byte[] chunk = new byte[ChunkBytes];
    private readonly byte[] end = new byte[EndBytes];
    private ArrayBufferWriter<byte> line = new(256);
    private int at;
    private int filled;
    private int endCount;
    private long length;

    /// <summary>Good until the next call, without its line break. A last line need have none.</summary>
    public ReadOnlySpan<byte> Line => line.WrittenSpan;

    /// <summary>The last bytes of the line.</summary>
    public ReadOnlySpan<byte> End => end.AsSpan(0, endCount);

    /// <summary>Whether <see cref="Line"/> is only the beginning of it.</summary>
    public bool IsTooLong => length > limitBytes;

    /// <summary>Waits for the next line, which may be empty. False at the end of the input.</summary>
    /// <exception cref="IOException"/>
    public bool Next()
    {
        if (line.Capacity > ChunkBytes)
        {
            line = new ArrayBufferWriter<byte>(256); // long lines are rare, and a session may last for days
        }

        line.ResetWrittenCount();
        (length, endCount) = (0, 0);
        while (true)
        {
            ReadOnlySpan<byte> rest = chunk.AsSpan(at, filled - at);
            int lineBreak = rest.IndexOf((byte)'\n');
            Keep(lineBreak < 0 ? rest : rest[..lineBreak]);
            if (lineBreak >= 0)
            {
                at += lineBreak + 1;
                return true;
            }

            (at, filled) = (0, input.Read(chunk));
            if (filled == 0)
            {
                return length > 0;
            }
        }
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        length += piece.Length;
        line.Write(piece[..Math.Min(piece.Length, limitBytes - line.WrittenCount)]);
        piece = piece[^Math.Min(piece.Length, EndBytes)..];
        int stays = Math.Min(endCount, EndBytes - piece.Length);
        end.AsSpan(endCount - stays, stays).CopyTo(end);
        piece.CopyTo(end.AsSpan(stays));
        endCount = stays + piece.Length;
    }
}
