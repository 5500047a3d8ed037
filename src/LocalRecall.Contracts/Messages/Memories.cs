namespace LocalRecall.Contracts.Messages;

/// <summary>Restricts a search or a list. Empty lists and nulls mean: no restriction.</summary>
/// <param name="Kinds"><c>episodic</c>, <c>thinking</c>, <c>document</c>.</param>
/// <param name="Scope"><c>global</c>, <c>file:PATH</c>, <c>area:NAME</c>. Global memories pass whatever is asked.</param>
/// <param name="Project">Absolute path; memories of no project pass.</param>
/// <param name="Since">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
public sealed record MemoryFilter(
    IReadOnlyList<string> Kinds, string? Scope = null, string? Project = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null)
{
    public static MemoryFilter None { get; } = new([]);
}

/// <summary>Keeps a memory. Answered by <see cref="MemoryAdded"/> once it is on disk.</summary>
/// <param name="Kind"><c>episodic</c> or <c>thinking</c>.</param>
/// <param name="Keywords">Empty for an episodic memory: taken from the subject.</param>
/// <param name="OccurredAt">Null: now.</param>
public sealed record AddMemory(
    RequestHeader Header, string Kind, string Subject, IReadOnlyList<string> Keywords, string AppliesTo,
    DateTimeOffset? OccurredAt, string? Project, string Content) : IRequest;

/// <param name="Id">The id under which it is found.</param>
/// <param name="Duplicate">The same content was there already, in the same scope; nothing was stored.</param>
/// <param name="EmbeddingPending">Found by keywords now, by meaning once the model is back.</param>
public sealed record MemoryAdded(Guid RequestId, Guid Id, bool Duplicate, bool EmbeddingPending) : IReply;

/// <param name="Offset">First character wanted; content that does not fit one message comes in several.</param>
public sealed record GetMemory(RequestHeader Header, Guid Id, int Offset) : IRequest;

/// <param name="Content">From <paramref name="Offset"/> on, as much as fits.</param>
/// <param name="TotalLength">Characters of the whole content.</param>
public sealed record MemoryFound(Guid RequestId, MemorySummary Summary, string Content, int Offset, int TotalLength) : IReply;

public sealed record MemorySummary(
    Guid Id, string Kind, string Subject, IReadOnlyList<string> Keywords, string AppliesTo, DateTimeOffset OccurredAt, string? Project, string? Path);

/// <summary>Removes a memory for good: rows, vectors, full text, and its file if the host owns it.</summary>
public sealed record ForgetMemory(RequestHeader Header, Guid Id) : IRequest;

/// <param name="DeletedPaths">Files that were deleted.</param>
/// <param name="KeptPaths">Files outside the home folder that still hold it; it will not be imported from them again.</param>
public sealed record MemoryForgotten(Guid RequestId, Guid Id, string Subject, IReadOnlyList<string> DeletedPaths, IReadOnlyList<string> KeptPaths) : IReply;

/// <summary>Newest first.</summary>
/// <param name="Cursor">From the page before, or null.</param>
public sealed record ListMemories(RequestHeader Header, MemoryFilter Filter, string? Cursor, int Limit) : IRequest;

public sealed record MemoryPage(Guid RequestId, IReadOnlyList<MemorySummary> Memories, long Total, string? NextCursor) : IReply;
