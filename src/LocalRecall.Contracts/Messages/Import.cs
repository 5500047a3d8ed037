namespace LocalRecall.Contracts.Messages;

/// <summary>Imports files and folders. Answered by <see cref="ImportProgress"/> now and then, and <see cref="ImportFinished"/> once all is on disk.</summary>
/// <param name="Paths">Absolute.</param>
/// <param name="Project">Project the memories belong to, or null.</param>
/// <param name="Watch">Also follow later changes, until <see cref="StopWatching"/>.</param>
public sealed record ImportPaths(RequestHeader Header, IReadOnlyList<string> Paths, string? Project, bool Watch) : IRequest;

/// <param name="Files">Found so far.</param>
/// <param name="Done">Of these, finished in whatever way.</param>
public sealed record ImportProgress(Guid RequestId, ImportCounts Counts, string? CurrentPath) : IProgressReply;

/// <param name="Faults">The first of them; <see cref="ImportCounts.Failed"/> counts all.</param>
public sealed record ImportFinished(Guid RequestId, ImportCounts Counts, IReadOnlyList<FileFault> Faults, long ElapsedMs) : IReply;

/// <param name="Stored">Memories new or changed.</param>
/// <param name="Unchanged">Files that were current already.</param>
/// <param name="Duplicates">Memories whose content was there already.</param>
/// <param name="Removed">Files that are gone.</param>
/// <param name="Chunks">Pieces embedded or taken over from known vectors.</param>
public sealed record ImportCounts(int Files, int Done, int Stored, int Unchanged, int Duplicates, int Removed, int Failed, int Chunks);

public sealed record FileFault(string Path, string Reason);

public sealed record StopWatching(RequestHeader Header, IReadOnlyList<string> Paths) : IRequest;

public sealed record WatchingStopped(Guid RequestId, IReadOnlyList<string> Paths) : IReply;
