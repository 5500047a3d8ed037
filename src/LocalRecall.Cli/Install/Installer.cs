namespace LocalRecall.Cli.Install;

internal enum FileOutcome { Unchanged, Created, Changed, Restored, Deleted }

/// <summary>What happens, or would happen, to one file.</summary>
/// <param name="Before">Null: there is none.</param>
/// <param name="After">Null: it goes.</param>
/// <param name="What">Of ours that is added or removed.</param>
/// <param name="Backup">Where what the file was is kept; null: nowhere.</param>
/// <param name="Obsolete">Backups that are needed no more.</param>
internal sealed record FileChange(string Path, FileOutcome Outcome, byte[]? Before, byte[]? After, string What, string? Backup = null, IReadOnlyList<string>? Obsolete = null);

/// <summary>
/// Connects an agent and disconnects it. Everything is worked out first, so that a file that can't be edited leaves all of them as they
/// are; then each is replaced in one step, with a backup beside it.
/// </summary>
internal static class Installer
{
    private const string InstallBackup = ".before-localrecall";
    private const string UpdateBackup = ".before-localrecall-update";
    private const string UninstallBackup = ".before-localrecall-uninstall";

    /// <exception cref="ConfigException"/>
    public static IReadOnlyList<FileChange> PlanInstall(IReadOnlyList<ConfigTarget> targets, RecallProgram program) =>
        [.. targets.Select(target => PlanInstall(target, program))];

    /// <exception cref="ConfigException"/>
    public static IReadOnlyList<FileChange> PlanUninstall(IReadOnlyList<ConfigTarget> targets, RecallProgram program) =>
        [.. targets.Select(target => PlanUninstall(target, program))];

    /// <exception cref="ConfigException">A file that comes before is changed already.</exception>
    public static void Apply(IReadOnlyList<FileChange> changes)
    {
        foreach (FileChange change in changes.Where(c => c.Outcome != FileOutcome.Unchanged))
        {
            if (change.Backup is { } backup)
            {
                ConfigFile.Keep(change.Path, backup, change.Before!);
            }

            ConfigFile.Replace(change.Path, change.Before, change.After);
            foreach (string copy in change.Obsolete ?? [])
            {
                File.Delete(copy);
            }
        }
    }

    private static FileChange PlanInstall(ConfigTarget target, RecallProgram program)
    {
        byte[]? before = ConfigFile.Read(target.Path);
        byte[] after = target.Add(before ?? [], program);
        string what = string.Join(", ", target.Edits.Select(e => e.What));
        return before is null ? new FileChange(target.Path, FileOutcome.Created, null, after, what)
            : before.AsSpan().SequenceEqual(after) ? new FileChange(target.Path, FileOutcome.Unchanged, before, after, what)
            : new FileChange(
                target.Path, FileOutcome.Changed, before, after, what, target.Path + (target.Programs(before).Count == 0 ? InstallBackup : UpdateBackup));
    }

    private static FileChange PlanUninstall(ConfigTarget target, RecallProgram program)
    {
        byte[]? before = ConfigFile.Read(target.Path);
        string what = string.Join(", ", target.Edits.Select(e => e.What));
        if (before is null || target.Programs(before).Count == 0)
        {
            return new FileChange(target.Path, FileOutcome.Unchanged, before, before, what);
        }

        byte[] after = target.Remove(before);
        byte[]? original = ConfigFile.Read(target.Path + InstallBackup);
        if (original is not null && IsAllThatChanged(target, original, after, program))
        {
            return new FileChange(target.Path, FileOutcome.Restored, before, original, what, null, [target.Path + InstallBackup, target.Path + UpdateBackup]);
        }

        return original is null && target.IsEmpty(after)
            ? new FileChange(target.Path, FileOutcome.Deleted, before, null, what, null, [target.Path + UpdateBackup])
            : new FileChange(target.Path, FileOutcome.Changed, before, after, what, target.Path + UninstallBackup);
    }

    /// <summary>Whether the file differs from what it was before by nothing but what is ours.</summary>
    private static bool IsAllThatChanged(ConfigTarget target, byte[] original, byte[] after, RecallProgram program)
    {
        try
        {
            return target.Remove(target.Add(original, program)).AsSpan().SequenceEqual(after);
        }
        catch (ConfigException)
        {
            return false; // somebody has been at the backup
        }
    }
}
