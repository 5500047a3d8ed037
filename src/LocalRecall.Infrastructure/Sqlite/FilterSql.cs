using System.Text.Json;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>A filter as conditions on <c>memories m</c>, each answered from an index. What scopes and projects mean is Core's business: it is asked once for each place.</summary>
internal sealed class FilterSql
{
    private readonly List<string> _conditions = [];
    private readonly List<object?> _values;

    /// <param name="values">Values of the statement so far; those of the filter are added.</param>
    public FilterSql(SearchFilter filter, IEnumerable<KeyValuePair<long, MemoryPlace>> places, List<object?> values)
    {
        _values = values;
        if (filter.Kinds is { Count: > 0 } kinds) _conditions.Add($"m.kind IN ({string.Join(',', kinds.Select(k => (int)k).Distinct().Order())})");
        if (filter.Since is { } since) Add("m.occurred_ticks >=", Rows.Ticks(since));
        if (filter.Until is { } until) Add("m.occurred_ticks <", Rows.Ticks(until));
        if (filter.Scope is not null || filter.Project is not null)
        {
            var predicate = new FilterPredicate(filter with { Kinds = null, Since = null, Until = null });
            long[] passing = [.. places.Where(p => predicate.Matches(new ChunkFacts(default, p.Value.AppliesTo, p.Value.Project, default))).Select(p => p.Key)];
            _values.Add(JsonSerializer.Serialize(passing));
            _conditions.Add($"m.place_key IN (SELECT value FROM json_each(${_values.Count}))");
        }
        if (filter.Excluded is { Count: > 0 } excluded)
        {
            _values.Add(JsonSerializer.Serialize(excluded));
            _conditions.Add($"m.memory_key NOT IN (SELECT memory_key FROM chunks WHERE chunk_key IN (SELECT value FROM json_each(${_values.Count})))");
        }
    }

    public bool IsEmpty => _conditions.Count == 0;

    /// <summary>For use after WHERE.</summary>
    public string Conditions => IsEmpty ? "true" : string.Join(" AND ", _conditions);

    private void Add(string comparison, object value)
    {
        _values.Add(value);
        _conditions.Add($"{comparison} ${_values.Count}");
    }
}
