using System.Security.Cryptography;
using System.Text;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Transcripts;

namespace LocalRecall.Actors.Transcripts;

/// <summary>What is new in one transcript.</summary>
/// <param name="Written">Memories that the session itself had stored.</param>
/// <param name="Position">How far it was read; null: there is nothing to read.</param>
/// <param name="HasMore">It goes on from there.</param>
internal sealed record TranscriptReading(
    IReadOnlyCollection<Memory> Memories, IReadOnlyCollection<MemoryId> Written, TranscriptPosition? Position, bool HasMore) : IInternalMessage
{
    /// <summary>So much is stored before it goes on.</summary>
    private const int MemoriesAtOnce = 100;

    private const int HeadBytes = 4096;

    /// <summary>A hook cuts an answer that is longer: then the file must say it.</summary>
    private const int LeastCutBytes = 60 * 1024;

    /// <summary>Touches the disk and takes processor time: not for an actor's own thread.</summary>
    /// <param name="hooks">Those that name this transcript.</param>
    /// <exception cref="IOException">It can't be read now.</exception>
    public static TranscriptReading Read(string path, IReadOnlyList<HookInput> hooks, TranscriptPosition? known)
    {
        using FileStream? stream = TranscriptFiles.TryOpen(path);
        if (stream is null)
        {
            return new TranscriptReading([], [], null, HasMore: false);
        }

        long offset = known is not null && known.OffsetBytes <= stream.Length && HeadOf(stream, known.OffsetBytes) == known.HeadHash ? known.OffsetBytes : 0;
        stream.Position = offset;
        bool optedOut = hooks.Any(hook => OptOut.Covers(hook.Cwd) || OptOut.Covers(hook.Project));
        var reader = new TranscriptReader(offset, hooks[0].At, PlaceOf);
        bool hasMore = false;
        long end = offset;
        foreach (TranscriptLine line in TranscriptLines.Read(stream))
        {
            end = line.EndBytes ?? end;
            if (optedOut)
            {
                continue; // nor is it read later
            }

            reader.Add(line);
            if (reader.IsAtTurn && reader.Memories.Count >= MemoriesAtOnce)
            {
                hasMore = true;
                break;
            }
        }

        if (!hasMore)
        {
            reader.End(hooks.Select(hook => EndOf(hook, path)).OfType<TurnEnd>());
        }

        long next = optedOut ? end : reader.ResumeAt;
        return new TranscriptReading(reader.Memories, reader.Written, new TranscriptPosition(path, next, HeadOf(stream, next)), hasMore);
    }

    private static TurnEnd? EndOf(HookInput hook, string path)
    {
        bool isSubagents = Path.GetFileName(path).StartsWith("agent-", StringComparison.Ordinal);
        bool hasStopped = hook.Event is "Stop" or "SessionEnd" || (hook.Event == "SubagentStop" && isSubagents);
        bool isWhole = hook.LastMessage is { } message && Encoding.UTF8.GetByteCount(message) < LeastCutBytes;
        return hasStopped ? new TurnEnd(hook.At, isWhole ? hook.LastMessage : null) : null;
    }

    private static TranscriptPlace PlaceOf(string folder)
    {
        try
        {
            return new TranscriptPlace(ProjectRoot.Of(folder) ?? folder, OptOut.Covers(folder));
        }
        catch (Exception e) when (e is ArgumentException or IOException or NotSupportedException)
        {
            return default; // no path
        }
    }

    private static string HeadOf(FileStream stream, long offset)
    {
        var head = new byte[Math.Min(offset, HeadBytes)];
        stream.Position = 0;
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, length)));
    }
}
