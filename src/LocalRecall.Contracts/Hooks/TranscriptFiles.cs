namespace LocalRecall.Contracts.Hooks;

/// <summary>Files in which agents write down their sessions. Hooks only name them: nothing else is opened, whatever the name says.</summary>
public static class TranscriptFiles
{
    private const string Extension = ".jsonl";

    /// <summary>Another agent's notes to itself, made from a session that is read anyway.</summary>
    private const string CompactionPrefix = "agent-acompact-";

    /// <summary>Where Claude Code keeps those of all projects.</summary>
    public static string DefaultFolder => Path.Combine(
        Environment.GetEnvironmentVariable("CLAUDE_CONFIG_DIR") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".claude"),
        "projects");

    /// <summary>Null: it is gone, empty, or nothing that may be read as a transcript.</summary>
    /// <exception cref="IOException">It can't be read now.</exception>
    public static FileStream? TryOpen(string path)
    {
        if (!IsTranscript(path))
        {
            return null;
        }

        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
            {
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
            }

            // Pipes and devices have no length, and opening one may block for ever.
            if (file is not { Exists: true, Length: > 0 } || !IsTranscript(file.FullName))
            {
                return null;
            }

            return new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read.", e);
        }
    }

    /// <summary>All at or below a path, in a stable order. Links are not followed.</summary>
    public static IReadOnlyList<string> List(string path)
    {
        path = Path.GetFullPath(path);
        if (!Directory.Exists(path))
        {
            return File.Exists(path) && IsTranscript(path) ? [path] : [];
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return [.. Directory.EnumerateFiles(path, "*" + Extension, options).Where(IsTranscript).Order(StringComparer.Ordinal)];
    }

    private static bool IsTranscript(string path) =>
        Path.IsPathFullyQualified(path) && path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && !path.Contains('\0')
        && !Path.GetFileName(path).StartsWith(CompactionPrefix, StringComparison.Ordinal);
}
