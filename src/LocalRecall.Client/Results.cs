using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>A memory to keep.</summary>
/// <param name="Kind"><c>episodic</c> or <c>thinking</c>.</param>
/// <param name="AppliesTo"><c>global</c>, <c>file:PATH</c>, <c>area:NAME</c>.</param>
/// <param name="OccurredAt">Null: now.</param>
/// <param name="Project">Absolute path, or null.</param>
public sealed record NewMemory(
    string Subject, string Content, IReadOnlyList<string> Keywords, string AppliesTo = "global", string Kind = "episodic",
    DateTimeOffset? OccurredAt = null, string? Project = null);

public sealed record FoundMemory(MemorySummary Summary, string Content);

/// <param name="Values">Unit vectors one after another.</param>
/// <param name="Tokens">Tokens embedded, special tokens included.</param>
public sealed record Embeddings(string ModelId, int Dimensions, ReadOnlyMemory<float> Values, int Tokens)
{
    public int Count => Dimensions == 0 ? 0 : Values.Length / Dimensions;

    /// <summary>The vector of one text.</summary>
    public ReadOnlyMemory<float> this[int index] => Values.Slice(index * Dimensions, Dimensions);
}
