using LocalRecall.Actors.Requests;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Embedding;

/// <summary>The conversation with the embedding actor.</summary>
public static class EmbeddingProtocol
{
    /// <summary>Answered by <see cref="Embedded"/> or <see cref="RequestFailed"/>.</summary>
    public sealed record Embed(Guid RequestId, ClientId Client, EmbeddingLane Lane, IReadOnlyList<TokenizedText> Texts, DateTimeOffset Deadline) : IInternalMessage;

    /// <param name="Vectors">Unit vectors in the order of the texts.</param>
    public sealed record Embedded(Guid RequestId, IReadOnlyList<float[]> Vectors) : IInternalMessage;

    public sealed record GetState(Guid RequestId) : IInternalMessage;

    /// <param name="Problem">Why it is degraded.</param>
    public sealed record State(
        Guid RequestId, ModelState Model, string? Problem, int QueuedQueries, int QueuedIngest, long Runs, long Texts, long Tokens) : IInternalMessage;

    /// <summary>Published on the event stream when the model has been loaded.</summary>
    public sealed record ModelReady : IInternalMessage;

    public enum ModelState
    {
        Unloaded,
        Loading,
        Ready,
        Degraded,
    }

    /// <summary>One run, for the worker.</summary>
    internal sealed record Run(EmbeddingRun Texts) : IInternalMessage;

    internal sealed record RunCompleted(long RunId, IReadOnlyList<float[]> Vectors) : IInternalMessage;

    /// <summary>The run failed; the worker is being restarted and will say <see cref="WorkerReady"/>.</summary>
    internal sealed record RunFailed(long RunId, string Reason) : IInternalMessage;

    /// <summary>The worker has opened the model.</summary>
    internal sealed record WorkerReady : IInternalMessage;

    /// <summary>The worker could not open the model.</summary>
    internal sealed record WorkerBroken(string Reason) : IInternalMessage;
}
