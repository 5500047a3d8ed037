using LocalRecall.Contracts.Hooks;

namespace LocalRecall.Cli.Hooks;

internal static class HookStdin
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>From here on it is no longer looked, piece by piece, whether the object is whole: that would take longer than the rest.</summary>
    private const int LookBytes = 1 << 20;

    /// <summary>
    /// Reads one JSON object, which agents give without always closing their end; or all there is. Of more than
    /// <see cref="HookReader.MaxInputBytes"/> the rest is read and thrown away: an agent may not survive that its hook hangs up on it.
    /// </summary>
    public static byte[] Read(Stream input)
    {
        byte[] bytes = new byte[PieceBytes];
        int filled = 0;
        while (true)
        {
            int read = input.Read(bytes, filled, bytes.Length - filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
            if (filled < LookBytes && bytes.AsSpan(0, filled).TrimEnd(" \t\r\n"u8) is [.., (byte)'}'] && HookReader.IsWhole(bytes.AsSpan(0, filled)))
            {
                break;
            }

            if (filled == HookReader.MaxInputBytes)
            {
                Drain(input);
                break;
            }

            if (filled == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(filled * 2, HookReader.MaxInputBytes));
            }
        }

        return bytes[..filled];
    }

    private static void Drain(Stream input)
    {
        byte[] piece = new byte[PieceBytes];
        while (input.Read(piece, 0, piece.Length) > 0)
        {
        }
    }
}
