namespace LocalRecall.Contracts;

/// <summary>Which project a path belongs to.</summary>
public static class ProjectRoot
{
    /// <summary>The nearest folder, from <paramref name="path"/> upwards, that holds a <c>.git</c> (a file in a worktree); null if none does.</summary>
    public static string? Of(string path)
    {
        for (string? folder = Path.GetFullPath(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".git")))
            {
                return folder;
            }
        }

        return null;
    }

    /// <summary>The one project that all paths lie in; null if there is none.</summary>
    public static string? OfAll(IEnumerable<string> paths)
    {
        string?[] roots = [.. paths.Select(Of).Distinct()];
        return roots.Length == 1 ? roots[0] : null;
    }
}
