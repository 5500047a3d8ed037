using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ranking;

/// <summary>What a search, a list or a scan leaves out. Null means: no restriction.</summary>
/// <param name="Scope">A memory that applies globally passes whatever is asked.</param>
/// <param name="Project">Absolute path; memories of no project pass.</param>
/// <param name="Since">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
/// <param name="Excluded">Chunks of memories that are left out, each with all of its chunks.</param>
public sealed record SearchFilter(
    IReadOnlyList<MemoryKind>? Kinds = null, Scope? Scope = null, string? Project = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null,
    IReadOnlySet<long>? Excluded = null)
{
    public static SearchFilter None { get; } = new();
}
