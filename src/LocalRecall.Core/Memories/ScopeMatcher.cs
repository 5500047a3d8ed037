namespace LocalRecall.Core.Memories;

/// <summary>Whether a memory applies to the place that was asked for.</summary>
public sealed class ScopeMatcher
{
    private readonly Scope _asked;
    private readonly string? _project;
    private readonly string _path = "";

    /// <param name="asked">A file, a folder (everything below it is meant), an area, or global: only memories that apply everywhere.</param>
    /// <param name="project">Root of relative paths in <paramref name="asked"/>, or null.</param>
    public ScopeMatcher(Scope asked, string? project)
    {
        _asked = asked;
        _project = project is null ? null : ScopePath.Normalise(project);
        if (asked.Kind == ScopeKind.File) _path = ScopePath.Resolve(ScopePath.Normalise(asked.Value), _project);
    }

    /// <param name="memoryProject">Root of relative paths in <paramref name="appliesTo"/>, or null: then the asker's.</param>
    public bool Matches(AppliesTo appliesTo, string? memoryProject)
    {
        string? root = memoryProject is null ? _project : ScopePath.Normalise(memoryProject);
        foreach (Scope scope in appliesTo.Scopes)
        {
            if (scope.Kind == ScopeKind.Global) return true;
            if (scope.Kind != _asked.Kind) continue;
            if (scope.Kind == ScopeKind.Area
                ? scope.Value.Trim().Equals(_asked.Value.Trim(), StringComparison.OrdinalIgnoreCase)
                : PathsMeet(ScopePath.Resolve(ScopePath.Normalise(scope.Value), root))) return true;
        }
        return false;
    }

    /// <summary>The same path, or one is a folder that holds the other.</summary>
    private bool PathsMeet(string path)
    {
        StringComparison comparison = ScopePath.IsWindowsLike(path) || ScopePath.IsWindowsLike(_path)
            ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (ScopePath.IsAbsolute(path) == ScopePath.IsAbsolute(_path))
            return ScopePath.IsInside(path, _path, comparison) || ScopePath.IsInside(_path, path, comparison);

        // No root is known for the relative one: it fits wherever the absolute one has the same parts.
        (string absolute, string relative) = ScopePath.IsAbsolute(path) ? (path, _path) : (_path, path);
        return relative.Length == 0 || $"{absolute}/".Contains($"/{relative}/", comparison);
    }
}
