using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Hooks;

namespace LocalRecall.Cli.Doctor;

/// <summary>What hooks recorded and the host has not yet stored, and who wants nothing recorded.</summary>
internal static class SpoolChecks
{
    /// <summary>A host that runs needs seconds.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    public static Check Spool(string home, DateTimeOffset now)
    {
        try
        {
            string[] waiting = [.. HookSpool.List(home)];
            string bad = HookSpool.BadFolderOf(home);
            int aside = Directory.Exists(bad) ? Directory.EnumerateFiles(bad).Count() : 0;
            bool late = waiting.Length > 0 && now - File.GetLastWriteTimeUtc(waiting[0]) > Late;
            string detail = $"{waiting.Length} events wait{(aside > 0 ? $", {aside} could not be stored" : "")}";
            return late ? new Check("spool", CheckState.Warning, $"{detail}, the oldest since {Ago(now - File.GetLastWriteTimeUtc(waiting[0]))}", "The host's log says why; they are kept until it can store them.")
                : aside > 0 ? new Check("spool", CheckState.Warning, detail, $"They are in {bad}; the host's log says why. Nothing needs them any more.")
                : new Check("spool", CheckState.Ok, detail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Check("spool", CheckState.Failed, $"{HookSpool.FolderOf(home)} can't be read: {e.Message}", "Mend its permissions.");
        }
    }

    /// <returns>Null: nobody opted out here.</returns>
    public static Check? OptedOut(string folder) =>
        OptOut.IsOff ? new Check("off", CheckState.Warning, $"{OptOut.Variable} is set: sessions started from here store and are told nothing.")
        : OptOut.Covers(folder) ? new Check("off", CheckState.Warning, $"A file {OptOut.FileName} in this folder or above: sessions here store and are told nothing.")
        : null;

    public static string Ago(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(int)age.TotalMinutes} minutes",
        _ => $"{Math.Max(0, (int)age.TotalSeconds)} seconds",
    };
}
