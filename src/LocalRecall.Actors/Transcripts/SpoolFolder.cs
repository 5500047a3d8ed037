using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using static LocalRecall.Actors.Transcripts.TranscriptProtocol;

namespace LocalRecall.Actors.Transcripts;

internal static class SpoolFolder
{
    private const int EntriesAtOnce = 100;

    /// <summary>The oldest entries that are not known yet. Files that are none of ours are set aside; one that can't be read now is left for later.</summary>
    public static SpoolRead Read(string home, IReadOnlySet<string> known)
    {
        string[] files = [.. HookSpool.List(home).Where(file => !known.Contains(file))];
        List<SpoolEntry> entries = [];
        foreach (string file in files.Take(EntriesAtOnce))
        {
            try
            {
                if (HookSpool.Read(file) is { } hook)
                {
                    entries.Add(new SpoolEntry(file, hook));
                }
                else
                {
                    HookSpool.SetAside(home, file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // gone, or locked
            }
        }

        return new SpoolRead(entries, files.Length > EntriesAtOnce && entries.Count > 0);
    }
}
