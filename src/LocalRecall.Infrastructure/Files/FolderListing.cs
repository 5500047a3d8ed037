using System.Text.RegularExpressions;
using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Files;

/// <summary>Which files below a folder are worth importing.</summary>
internal static partial class FolderListing
{
    /// <param name="path">A file is taken whatever its name.</param>
    public static FileListing Of(string path, TimeProvider time)
    {
        path = ImportRoot.Normalise(path);
        var paths = new List<string>();
        var faults = new List<SourceFault>();
        void Fault(string at, string reason) => faults.Add(new SourceFault(at, reason, time.GetUtcNow()));

        if (File.Exists(path)) paths.Add(path);
        else if (Directory.Exists(path)) Walk(path, paths, Fault);
        else Fault(path, "It is not there.");

        paths.Sort(StringComparer.Ordinal);
        return new FileListing(paths, faults);
    }

    private static void Walk(string root, List<string> paths, Action<string, string> fault)
    {
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out string? folder))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
                {
                    // A link leads outside, where we were not asked to look, or inside, where we look anyway.
                    if (IsHidden(entry) || entry.LinkTarget is not null) continue;
                    string path = Path.Combine(folder, entry.Name);
                    if (entry is DirectoryInfo)
                    {
                        if (entry.Name != "node_modules") folders.Push(path);
                    }
                    else if (IsWanted(entry.Name))
                    {
                        paths.Add(path);
                    }
                }
            }
            catch (DirectoryNotFoundException) when (folder != root)
            {
                // Deleted since its parent was read.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                fault(folder, $"The folder can't be read: {e.Message}");
            }
        }
    }

    /// <summary>Attributes that can't be read (-1) hide nothing: what is wrong then shows when the folder is opened.</summary>
    private static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.') || (entry.Attributes.HasFlag(FileAttributes.Hidden) && entry.Attributes != (FileAttributes)(-1));

    private static bool IsWanted(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".md" or ".markdown" or ".txt" => true,
        ".jsonl" => AppendOnlyName().IsMatch(name),
        _ => false,
    };

    [GeneratedRegex("^(episodic|thinking)-[0-9]+\\.jsonl$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AppendOnlyName();
}
