namespace LocalRecall.Core.Memories;

/// <summary>Paths as people write them in scopes, made comparable without touching the disk.</summary>
public static class ScopePath
{
    /// <summary>Forward slashes, no <c>.</c>, no <c>..</c> that can be resolved, no trailing slash or <c>/**</c>, drive letter in upper case. The empty string is the project's root.</summary>
    public static string Normalise(string path)
    {
        if (IsNormal(path)) return path;
        string text = path.Replace('\\', '/');
        if (text.StartsWith("///", StringComparison.Ordinal)) text = "/" + text.TrimStart('/');
        string root = RootOf(text);
        var parts = new List<string>();
        foreach (string part in text[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0 && parts[^1] != "..") parts.RemoveAt(parts.Count - 1);
            else if (root.Length == 0) parts.Add(part);
        }
        while (parts.Count > 0 && parts[^1] is "*" or "**") parts.RemoveAt(parts.Count - 1);
        return root.ToUpperInvariant() + string.Join('/', parts);
    }

    public static bool IsAbsolute(string normalised) => RootOf(normalised).Length > 0;

    /// <summary>Has a drive letter or a server name: letters' case makes no difference there.</summary>
    public static bool IsWindowsLike(string normalised) => RootOf(normalised).Length > 1;

    /// <summary>Both normalised. Everything is inside the empty path, and every path inside itself.</summary>
    public static bool IsInside(string path, string folder, StringComparison comparison)
    {
        if (!path.StartsWith(folder, comparison)) return false;
        return path.Length == folder.Length || folder.Length == 0 || folder[^1] == '/' || path[folder.Length] == '/';
    }

    /// <summary>A relative path below its root; an absolute one as it is.</summary>
    public static string Resolve(string normalised, string? root) =>
        root is null || IsAbsolute(normalised) ? normalised : Normalise(root + "/" + normalised);

    /// <summary>Sure that nothing is to be done: most paths, most times. No is not sure.</summary>
    private static bool IsNormal(string path) =>
        path.AsSpan().IndexOfAny("\\*:") < 0 && !path.StartsWith('.') && !path.EndsWith('/')
        && !path.Contains("/.", StringComparison.Ordinal) && !path.Contains("//", StringComparison.Ordinal);

    private static string RootOf(string path)
    {
        if (path.StartsWith("//", StringComparison.Ordinal)) return "//";
        if (path.StartsWith('/')) return "/";
        if (path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':') return path.Length > 2 && path[2] == '/' ? path[..3] : path[..2];
        return "";
    }
}
