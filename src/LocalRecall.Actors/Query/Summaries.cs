using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Query;

/// <summary>Between what clients write and what Core means.</summary>
internal static class Summaries
{
    public static MemorySummary ToSummary(this StoredMemory stored) => new(
        stored.Memory.Id.Value, stored.Memory.Kind.ToName(), stored.Memory.Subject, stored.Memory.Keywords, stored.Memory.AppliesTo.Text,
        stored.Memory.OccurredAt, stored.Memory.Project, stored.Path);

    /// <summary>The filter, or null and what is wrong with it.</summary>
    public static SearchFilter? ToFilter(this MemoryFilter filter, out string problem)
    {
        problem = "";
        List<MemoryKind> kinds = [];
        foreach (string name in filter.Kinds)
        {
            if (!MemoryKinds.TryParse(name, out MemoryKind kind))
            {
                problem = $"There is no kind '{name}'; kinds are episodic, thinking, exchange and document.";
                return null;
            }

            kinds.Add(kind);
        }

        Scope? scope = null;
        if (filter.Scope is { Length: > 0 } text)
        {
            IReadOnlyList<Scope> scopes = AppliesTo.Parse(text).Scopes;
            if (scopes.Count != 1)
            {
                problem = $"The scope '{text}' is not one of global, file:PATH, area:NAME.";
                return null;
            }

            scope = scopes[0];
        }

        return new SearchFilter(kinds.Count == 0 ? null : kinds, scope, filter.Project, filter.Since, filter.Until);
    }
}
