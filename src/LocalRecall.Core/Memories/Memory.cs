namespace LocalRecall.Core.Memories;

/// <summary>One memory as people see it: a fact, a piece of reasoning, or a document.</summary>
/// <param name="Subject">1 to 200 characters, one line.</param>
/// <param name="Keywords">Empty for thinking memories and documents.</param>
/// <param name="AppliesTo">Where it applies; see <see cref="Memories.AppliesTo"/>.</param>
/// <param name="Project">Absolute path of the project it belongs to, or null: it belongs to all.</param>
/// <param name="Body">The text exactly as supplied.</param>
public sealed record Memory(
    MemoryId Id,
    MemoryKind Kind,
    string Subject,
    IReadOnlyList<string> Keywords,
    AppliesTo AppliesTo,
    DateTimeOffset OccurredAt,
    string? Project,
    string Body)
{
    /// <summary>First 16 hex digits of SHA-256 over the UTF-8 body; computed anew at each call.</summary>
    public string ContentHash => Memories.ContentHash.Of(Body);
}
