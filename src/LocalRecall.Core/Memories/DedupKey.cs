using System.Security.Cryptography;
using System.Text;

namespace LocalRecall.Core.Memories;

/// <summary>Same content in the same scope is stored once: two memories with the same key are one.</summary>
public static class DedupKey
{
    /// <summary>64 hex digits over kind, scopes, project and body. Time, subject and keywords make no difference.</summary>
    public static string Of(Memory memory)
    {
        string project = memory.Project is null ? "" : ScopePath.Normalise(memory.Project);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{(int)memory.Kind}\n{ScopeKey(memory.AppliesTo, memory.Project)}\n{project}\n"));
        hash.AppendData(Encoding.UTF8.GetBytes(memory.Body));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The scopes in one canonical spelling: paths relative to the project where they lie in it, areas in lower case, sorted.</summary>
    public static string ScopeKey(AppliesTo appliesTo, string? project)
    {
        if (appliesTo.Scopes.Any(s => s.Kind == ScopeKind.Global)) return "global";
        return string.Join('\n', appliesTo.Scopes
            .Select(s => s.Kind == ScopeKind.Area ? $"area:{s.Value.Trim().ToLowerInvariant()}" : $"file:{PathKey(s.Value, project)}")
            .Distinct().Order(StringComparer.Ordinal));
    }

    private static string PathKey(string path, string? project)
    {
        string root = project is null ? "" : ScopePath.Normalise(project);
        string full = ScopePath.Resolve(ScopePath.Normalise(path), root.Length == 0 ? null : root);
        bool ignoreCase = ScopePath.IsWindowsLike(full);
        if (root.Length > 0 && ScopePath.IsInside(full, root, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            full = full[root.Length..].TrimStart('/');
        return ignoreCase ? full.ToUpperInvariant() : full;
    }
}
