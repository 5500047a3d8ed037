using System.Text;

namespace LocalRecall.Contracts.Hooks;

/// <summary>
/// When hooks ran last: for each agent a file <c>{home}/hooks/AGENT</c> that holds the event's name; its time is the event's. For
/// <c>recall doctor</c>: whether an agent really calls its hooks can be seen in no configuration.
/// </summary>
public static class HookTrace
{
    /// <param name="Event">As Claude Code names it.</param>
    public sealed record Seen(string Agent, string Event, DateTimeOffset At);

    private const int MaxLengthBytes = 64;

    public static string FolderOf(string home) => Path.Combine(home, "hooks");

    /// <summary>Costs some ten microseconds and never fails; what can't be noted is not. Makes no home folder.</summary>
    public static void Note(string home, string agent, string ourEvent)
    {
        try
        {
            if (agent.Length > 0 && agent.All(c => char.IsAsciiLetterOrDigit(c) || c is '-') && Directory.Exists(home))
            {
                HomeFolder.Create(FolderOf(home));
                File.WriteAllBytes(Path.Combine(FolderOf(home), agent), Encoding.UTF8.GetBytes(ourEvent));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing depends on it.
        }
    }

    /// <returns>Null: none was seen.</returns>
    public static Seen? Last(string home, string agent)
    {
        try
        {
            var file = new FileInfo(Path.Combine(FolderOf(home), agent));
            return file is { Exists: true, Length: <= MaxLengthBytes } ? new Seen(agent, File.ReadAllText(file.FullName), file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
