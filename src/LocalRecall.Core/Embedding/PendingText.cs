using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

internal enum TextState
{
    /// <summary>Its turn has not come yet.</summary>
    Queued,

    /// <summary>In the run in progress, or done.</summary>
    Running,

    /// <summary>Failed, waits for another attempt.</summary>
    Retrying,
}

/// <summary>One text, not yet done, and all requests that want it.</summary>
internal sealed class PendingText(TokenizedText text)
{
    public TokenizedText Text { get; } = text;

    public int Tokens => Text.TokenIds.Length;

    public TextState State { get; set; }

    public bool Waits => State != TextState.Running;

    /// <summary>In order of arrival.</summary>
    public List<PendingRequest> Wanted { get; } = [];

    /// <summary>A text that a query wants is a query's, whoever else wants it.</summary>
    public EmbeddingLane Lane => Wanted.Exists(request => request.Lane == EmbeddingLane.Query) ? EmbeddingLane.Query : EmbeddingLane.Ingest;
}

/// <param name="texts">Each text that is to be computed once, in the order in which their turns come.</param>
internal sealed class PendingRequest(EmbeddingRequest request, IReadOnlyList<PendingText> texts, long number, DateTimeOffset queuedAt)
{
    private readonly Dictionary<TextHash, float[]> _vectors = new(request.Known);
    private int _missing = texts.Count;
    private int _next;

    public Guid Id => request.Id;

    public ClientId Client => request.Client;

    public EmbeddingLane Lane => request.Lane;

    public (DateTimeOffset, Guid) Deadline => (request.Deadline, request.Id);

    public IReadOnlyList<PendingText> Texts { get; } = texts;

    /// <summary>The how many-th request it is.</summary>
    public long Number { get; } = number;

    public DateTimeOffset QueuedAt { get; } = queuedAt;

    /// <summary>Where it stands in its client's line.</summary>
    public LinkedListNode<PendingRequest>? Node { get; set; }

    public bool IsComplete => _missing == 0;

    /// <summary>The text whose turn is next; null when all have had theirs.</summary>
    public PendingText? PeekText()
    {
        while (_next < Texts.Count && Texts[_next].State != TextState.Queued)
        {
            _next++;
        }

        return _next < Texts.Count ? Texts[_next] : null;
    }

    public void Set(PendingText text, float[] vector)
    {
        _vectors.Add(text.Text.Hash, vector);
        _missing--;
    }

    /// <param name="failure">Null: it has its vectors.</param>
    public FinishedRequest Finish(string? failure, DateTimeOffset runBegan, DateTimeOffset now) => new(
        Id,
        failure is null ? [.. request.Texts.Select(text => _vectors[text.Hash])] : null,
        failure,
        Lane,
        request.Texts.Count,
        runBegan > QueuedAt ? runBegan - QueuedAt : TimeSpan.Zero,
        now - QueuedAt);
}
