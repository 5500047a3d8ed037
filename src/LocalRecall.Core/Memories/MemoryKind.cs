namespace LocalRecall.Core.Memories;

/// <summary>What a memory is. The numbers are stored; they never change.</summary>
public enum MemoryKind
{
    /// <summary>A fact someone chose to keep.</summary>
    Episodic = 1,

    /// <summary>Reasoning with its outcome.</summary>
    Thinking = 2,

    /// <summary>A plain Markdown or text file.</summary>
    Document = 3,

    /// <summary>What somebody asked an agent, and its final answer.</summary>
    Exchange = 4,
}

/// <summary>The names of the kinds, as people and the wire write them.</summary>
public static class MemoryKinds
{
    public static string ToName(this MemoryKind kind) => kind switch
    {
        MemoryKind.Episodic => "episodic",
        MemoryKind.Thinking => "thinking",
        MemoryKind.Exchange => "exchange",
        _ => "document",
    };

    public static bool TryParse(string name, out MemoryKind kind)
    {
        foreach (MemoryKind candidate in Enum.GetValues<MemoryKind>())
        {
            if (candidate.ToName().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
