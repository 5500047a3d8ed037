namespace LocalRecall.Actors.Transcripts;

/// <summary>Which spool files could not be dealt with, and when they may be tried again: later each time. What made the host itself fail is not tried for ever.</summary>
internal sealed class SpoolFailures
{
    private const int MaxCrashes = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, (int Failures, int Crashes, DateTimeOffset DueAt)> _files = new(StringComparer.Ordinal);

    public IEnumerable<string> NotYetDue(DateTimeOffset now) => _files.Where(file => file.Value.DueAt > now).Select(file => file.Key);

    /// <summary>It may work later: a file was locked, the disk full, the index away.</summary>
    public void NoteFailure(IEnumerable<string> files, DateTimeOffset now) => Note(files, now, crashes: 0);

    /// <summary>Returns those that had their last chance.</summary>
    public IReadOnlyList<string> NoteCrash(IEnumerable<string> files, DateTimeOffset now)
    {
        string[] noted = [.. files];
        Note(noted, now, crashes: 1);
        return [.. noted.Where(file => _files[file].Crashes >= MaxCrashes)];
    }

    public void Forget(IEnumerable<string> files)
    {
        foreach (string file in files)
        {
            _files.Remove(file);
        }
    }

    private void Note(IEnumerable<string> files, DateTimeOffset now, int crashes)
    {
        foreach (string file in files)
        {
            (int failures, int before, _) = _files.GetValueOrDefault(file);
            TimeSpan delay = FirstDelay * Math.Pow(2, Math.Min(failures, 10));
            _files[file] = (failures + 1, before + crashes, now + (delay < MaxDelay ? delay : MaxDelay));
        }
    }
}
