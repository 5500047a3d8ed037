namespace LocalRecall.Contracts.Messages;

/// <summary>Restricts a search or a list. Empty lists and nulls mean: no restriction.</summary>
/// <param name="Kinds"><c>episodic</c>, <c>thinking</c>, <c>exchange</c>, <c>document</c>.</param>
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

/// <summary>Changes a memory that lies in the home folder; what is null stays as it is. Answered by <see cref="MemoryUpdated"/> once it is on disk.</summary>
/// <param name="Keywords">Null: unchanged.</param>
public sealed record UpdateMemory(
    RequestHeader Header, Guid Id, string? Subject, IReadOnlyList<string>? Keywords, string? AppliesTo, string? Content) : IRequest;

/// <param name="EmbeddingPending">Found by keywords now, by meaning once the model is back.</param>
public sealed record MemoryUpdated(Guid RequestId, Guid Id, bool EmbeddingPending) : IReply;

/// <summary>Looks for secrets in everything that is kept, and removes them from files of ours, rows, vectors, full text and the log.</summary>
/// <param name="DryRun">Only says what it would do.</param>
public sealed record RedactStored(RequestHeader Header, bool DryRun) : IRequest;

/// <param name="Memories">Looked at.</param>
/// <param name="Changed">Memories that held a secret.</param>
/// <param name="Findings">The first hundred of them.</param>
public sealed record StoredRedacted(Guid RequestId, int Memories, int Changed, IReadOnlyList<SecretFinding> Findings) : IReply;

/// <param name="Kinds">Of secrets: <c>private-key</c>, <c>github-token</c>…</param>
/// <param name="FileKept">Its file is not ours and still holds it.</param>
public sealed record SecretFinding(Guid Memory, string Subject, string? Path, IReadOnlyList<string> Kinds, bool FileKept);
