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
}
