using System.Collections.ObjectModel;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

public enum EmbeddingLane
{
    /// <summary>Somebody waits for it.</summary>
    Query,

    /// <summary>Bulk work.</summary>
    Ingest,
}

/// <param name="Texts">All for one model; at least one that is not known. The same text twice is computed once.</param>
public sealed record EmbeddingRequest(Guid Id, ClientId Client, EmbeddingLane Lane, IReadOnlyList<TokenizedText> Texts, DateTimeOffset Deadline)
{
    /// <summary>Vectors of some of the texts: these are not computed.</summary>
    public IReadOnlyDictionary<TextHash, float[]> Known { get; init; } = ReadOnlyDictionary<TextHash, float[]>.Empty;
}

/// <summary>Texts that go through a model together.</summary>
/// <param name="Lane">Whose turn it is; some of the texts may be wanted by the other lane too.</param>
/// <param name="Attempt">1, and one more each time that these texts failed before.</param>
public sealed record EmbeddingRun(long Id, EmbeddingLane Lane, IReadOnlyList<TokenizedText> Texts, int Attempt)
{
    /// <summary>The model of all of them.</summary>
    public string ModelId => Texts[0].ModelId;

    public int Tokens { get; } = Texts.Sum(text => text.TokenIds.Length);

    public int PaddedTokens { get; } = Texts.Count * Texts.Max(text => text.TokenIds.Length);
}

/// <summary>What waits in a lane.</summary>
public readonly record struct LaneLevel(int Texts, int Tokens, TimeSpan OldestWait);

/// <summary>A request all of whose texts have been dealt with. One of vectors and failure is set.</summary>
/// <param name="Vectors">In the order of the request's texts.</param>
/// <param name="Failure">Why one of its texts has no vector.</param>
/// <param name="Texts">How many there were.</param>
/// <param name="QueueTime">From its arrival until the run of its last text began.</param>
/// <param name="TotalTime">From its arrival until now.</param>
public sealed record FinishedRequest(
    Guid RequestId, IReadOnlyList<float[]>? Vectors, string? Failure, EmbeddingLane Lane, int Texts, TimeSpan QueueTime, TimeSpan TotalTime);

/// <param name="Finished">Requests that wanted a text found poisonous.</param>
/// <param name="Explained">
/// A poisonous text was found, and other runs have succeeded since the one before it: so the text is to blame for this failure and
/// those that led to it, not the session.
/// </param>
public sealed record FailedRun(IReadOnlyList<FinishedRequest> Finished, bool Explained);
