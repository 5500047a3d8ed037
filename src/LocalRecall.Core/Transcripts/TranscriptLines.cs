namespace LocalRecall.Core.Transcripts;

/// <summary>A line of a transcript.</summary>
/// <param name="OffsetBytes">Where it begins in the file.</param>
/// <param name="Bytes">Without its line break; empty if it is longer than any line that matters.</param>
/// <param name="EndBytes">Behind its line break; null: there is none, it may still be written.</param>
public readonly record struct TranscriptLine(long OffsetBytes, ReadOnlyMemory<byte> Bytes, long? EndBytes);

public static class TranscriptLines
{
    public const int MaxLineBytes = 64 << 20;

    /// <summary>The lines from where the stream stands; the bytes of each are good until the next is asked for.</summary>
    /// <param name="maxLineBytes">Longer ones come empty.</param>
    public static IEnumerable<TranscriptLine> Read(Stream stream, int maxLineBytes = MaxLineBytes, int bufferBytes = 1 << 16)
    {
        var buffer = new byte[bufferBytes];
        long bufferAt = stream.Position, lineAt = bufferAt;
        int start = 0, looked = 0, end = 0;
        while (true)
        {
            int found = buffer.AsSpan(looked, end - looked).IndexOf((byte)'\n');
            if (found >= 0)
            {
                int lineEnd = looked + found;
                yield return new TranscriptLine(lineAt, BytesTo(lineEnd), bufferAt + lineEnd + 1);
                start = looked = lineEnd + 1;
                lineAt = bufferAt + start;
                continue;
            }

            looked = end;
            if (end - start > maxLineBytes) start = end; // only its end is looked for
            if (end == buffer.Length)
            {
                byte[] next = end - start > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
                Buffer.BlockCopy(buffer, start, next, 0, end - start);
                bufferAt += start;
                (buffer, looked, end, start) = (next, looked - start, end - start, 0);
            }
            int read = stream.Read(buffer, end, buffer.Length - end);
            end += read;
            if (read > 0) continue;
            if (bufferAt + end > lineAt) yield return new TranscriptLine(lineAt, BytesTo(end), null);
            yield break;
        }

        // Of a line that was too long its beginning is gone.
        ReadOnlyMemory<byte> BytesTo(int lineEnd) => bufferAt + start == lineAt ? buffer.AsMemory(start, lineEnd - start) : default;
    }
}
