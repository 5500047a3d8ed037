using LocalRecall.Actors.Requests;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Embedding;

/// <summary>The conversation with the embedding actor.</summary>
public static class EmbeddingProtocol
{
    /// <summary>Answered by <see cref="Embedded"/> or <see cref="RequestFailed"/>.</summary>
    /// <param name="Texts">All for one model, which need not be the one in force.</param>
    public sealed record Embed(Guid RequestId, ClientId Client, EmbeddingLane Lane, IReadOnlyList<TokenizedText> Texts, DateTimeOffset Deadline) : IInternalMessage;

    /// <param name="Vectors">Unit vectors in the order of the texts.</param>
    public sealed record Embedded(Guid RequestId, IReadOnlyList<float[]> Vectors) : IInternalMessage;

    /// <summary>Somebody will soon have something to embed: the model in force is loaded now, if it is not. Not answered.</summary>
    public sealed class ExpectWork : IInternalMessage
    {
        public static readonly ExpectWork Instance = new();
    }

    /// <summary>Nobody will need this model soon. Not answered.</summary>
    public sealed record Release(string ModelId) : IInternalMessage;

    public sealed record GetState(Guid RequestId) : IInternalMessage;

    /// <param name="Problem">Why it is degraded.</param>
    /// <param name="MaxRunTokens">Padded tokens that a run may have now.</param>
    public sealed record State(
        Guid RequestId, ModelState Model, string? Problem, LaneLevel Queries, LaneLevel Ingest, int MaxRunTokens, EmbeddingReport Report)
        : IInternalMessage
    {
        public int QueuedQueries => Queries.Texts;

        public int QueuedIngest => Ingest.Texts;

        public bool Running => Report.Running is not null;

        public int RecreatedSessions => Report.RecreatedSessions;
    }

    /// <summary>Published on the event stream when the model has been loaded.</summary>
    public sealed record ModelReady : IInternalMessage;

    /// <summary>
    /// Published on the event stream when a run does not end though it was told to. Only the end of the process ends it, and until then
    /// there is no embedding: a second session beside it must never be.
    /// </summary>
    public sealed record SessionStuck : IInternalMessage;

    public enum ModelState
    {
        Unloaded,
        Loading,
        Ready,
        Degraded,
    }

    /// <summary>One run, for the worker.</summary>
    internal sealed record Run(EmbeddingRun Texts) : IInternalMessage;

    internal sealed record RunCompleted(long RunId, IReadOnlyList<float[]> Vectors, TimeSpan RunTime) : IInternalMessage;

    /// <summary>The run failed; the worker is being restarted and will say how that went.</summary>
    internal sealed record RunFailed(long RunId, string Reason) : IInternalMessage;

    /// <summary>The model of a run could not be opened, or does not work; the worker and its other session go on.</summary>
    internal sealed record ModelRefused(string ModelId, string Reason) : IInternalMessage;

    /// <summary>The worker has opened a session and tries it out.</summary>
    /// <param name="Session">For <see cref="IEmbedder.Terminate"/> and nothing else: it belongs to the worker.</param>
    internal sealed record WorkerOpened(string ModelId, IEmbedder Session) : IInternalMessage;

    /// <summary>The first session works.</summary>
    internal sealed record WorkerReady : IInternalMessage;

    /// <summary>The first session could not be opened, or does not work; the worker stops.</summary>
    internal sealed record WorkerBroken(string Reason) : IInternalMessage;

    /// <summary>The worker is in a run that nothing ends.</summary>
    internal sealed record WorkerStuck : IInternalMessage;
}
