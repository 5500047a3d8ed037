using LocalRecall.Actors.Requests;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Ingest;

/// <summary>The conversation with the ingest actor, besides the clients' own requests.</summary>
public static class IngestProtocol
{
    /// <summary>Brings the index up to date with one path. Answered by <see cref="FileIngested"/>; several who ask for one path get one answer each from one pass.</summary>
    /// <param name="Client">Whose turn its embedding takes.</param>
    /// <param name="Deliberate">Someone asked for just this: stored even if it was forgotten before.</param>
    /// <param name="Anew">Read even if the file has not changed: what is made of it has.</param>
    public sealed record IngestFile(string Path, string? Project, ClientId Client, bool Deliberate = false, bool Anew = false) : IInternalMessage
    {
        public bool MayBeCurrent => !Deliberate && !Anew;
    }

    /// <param name="Chunks">Pieces the file has now.</param>
    /// <param name="Removed">The file is gone, and what it held with it.</param>
    /// <param name="EmbeddingPending">Stored without vectors, because the model can't be used now.</param>
    /// <param name="Failure">Why it could not be brought up to date.</param>
    public sealed record FileIngested(
        string Path,
        IReadOnlyList<StoredAs> Memories,
        int Chunks = 0,
        bool Unchanged = false,
        bool Removed = false,
        bool EmbeddingPending = false,
        string? Failure = null) : IInternalMessage;

    /// <summary>On the way to <see cref="FileIngested"/>, for files that take a while.</summary>
    /// <param name="Chunks">Pieces that have their vector.</param>
    public sealed record FileProgress(string Path, int Chunks) : IInternalMessage;

    public sealed record GetWatched(Guid RequestId) : IInternalMessage;

    public sealed record Watched(Guid RequestId, IReadOnlyList<string> Folders) : IInternalMessage;

    /// <summary>Follow changes at and below a root from now on.</summary>
    public sealed record WatchRoot(ImportRoot Root) : IInternalMessage;

    /// <summary>Look at these paths again, for nobody in particular.</summary>
    internal sealed record Rescan(IReadOnlyList<string> Paths, string? Project) : IInternalMessage;
}
