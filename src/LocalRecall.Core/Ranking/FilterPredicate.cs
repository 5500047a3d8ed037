using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>A <see cref="SearchFilter"/> made ready once for many chunks. Safe for concurrent use.</summary>
public sealed class FilterPredicate
{
    private readonly IReadOnlyList<MemoryKind>? _kinds;
    private readonly ScopeMatcher? _scope;
    private readonly string? _project;
    private readonly long _since;
    private readonly long _until;

    public FilterPredicate(SearchFilter filter)
    {
        _kinds = filter.Kinds is { Count: > 0 } kinds ? kinds : null;
        _scope = filter.Scope is { } scope ? new ScopeMatcher(scope, filter.Project) : null;
        _project = filter.Project is null ? null : ScopePath.Normalise(filter.Project);
        _since = filter.Since?.UtcTicks ?? long.MinValue;
        _until = filter.Until?.UtcTicks ?? long.MaxValue;
        Excluded = [.. (filter.Excluded ?? new HashSet<long>()).Order()];
    }

    /// <summary>Nothing is filtered.</summary>
    internal bool MatchesAll => _kinds is null && _scope is null && _project is null && !HasTime && Excluded is [];

    /// <summary>Chunks that don't pass though they match; ascending.</summary>
    internal long[] Excluded { get; }

    internal bool HasTime => _since != long.MinValue || _until != long.MaxValue;

    public bool Matches(ChunkFacts facts) =>
        MatchesTime(facts.OccurredAt.UtcTicks) && MatchesPlace(facts.Kind, facts.AppliesTo, facts.Project);

    internal bool MatchesTime(long utcTicks) => utcTicks >= _since && utcTicks < _until;

    /// <summary>Everything but the time: the same for many chunks.</summary>
    internal bool MatchesPlace(MemoryKind kind, AppliesTo appliesTo, string? project) =>
        (_kinds is null || _kinds.Contains(kind)) && MatchesProject(project) && (_scope is null || _scope.Matches(appliesTo, project));

    private bool MatchesProject(string? project)
    {
        if (_project is null || project is null) return true;
        string path = ScopePath.Normalise(project);
        return path.Equals(_project, ScopePath.IsWindowsLike(path) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }
}
