namespace LocalRecall.Core.Embedding;

/// <summary>How much is queued and how large one run is. What may be queued counts for each lane by itself, so that bulk work never shuts queries out.</summary>
/// <param name="MaxRunTokens">Padded tokens of one run at most, however fast the machine is.</param>
/// <param name="RunTarget">How long a run may take: what a query waits for at most. A long text takes what it takes.</param>
/// <param name="AloneTokens">From this length on a text runs best by itself.</param>
/// <param name="MaxQueuedTexts">Past this, requests are turned away.</param>
/// <param name="MaxQueuedTokens">Likewise.</param>
/// <param name="MaxClientTexts">Past this, requests of the same client are turned away.</param>
/// <param name="MaxClientTokens">Likewise.</param>
/// <param name="IngestAge">After waiting this long, ingest gets the next run though queries are queued.</param>
public sealed record EmbeddingLimits(
    int MaxRunTokens,
    TimeSpan RunTarget,
    int AloneTokens,
    int MaxQueuedTexts,
    int MaxQueuedTokens,
    int MaxClientTexts,
    int MaxClientTokens,
    TimeSpan IngestAge)
{
    public static EmbeddingLimits Default { get; } =
        new(256, TimeSpan.FromMilliseconds(50), 64, 4096, 256 * 1024, 1024, 64 * 1024, TimeSpan.FromSeconds(2));
}
