namespace LocalRecall.Core.Embedding;

/// <summary>How much is queued and how large one run is.</summary>
/// <param name="MaxRunTokens">Padded tokens of one run: what a query waits for at most.</param>
/// <param name="AloneTokens">From this length on a text runs best by itself.</param>
/// <param name="MaxQueuedTexts">Past this, requests are turned away.</param>
/// <param name="MaxQueuedTokens">Likewise.</param>
/// <param name="IngestAge">After waiting this long, ingest gets the next run though queries are queued.</param>
public sealed record EmbeddingLimits(int MaxRunTokens, int AloneTokens, int MaxQueuedTexts, int MaxQueuedTokens, TimeSpan IngestAge)
{
    public static EmbeddingLimits Default { get; } = new(256, 64, 4096, 256 * 1024, TimeSpan.FromSeconds(2));
}
