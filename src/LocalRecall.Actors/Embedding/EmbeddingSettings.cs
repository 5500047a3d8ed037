using Akka.Configuration;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Embedding;

/// <param name="IdleUnload">After so long without work the model is unloaded and its memory given back.</param>
/// <param name="RetryDegraded">How long a model that could not be used is left alone before it is tried again; doubled each time that it fails again.</param>
/// <param name="RunLimit">A run that takes longer is terminated.</param>
/// <param name="MemoryCeilingBytes">When the process takes more, the session is opened anew. 0: never.</param>
/// <param name="CachedVectors">So many of the vectors computed or asked for last are kept in memory. 0: none.</param>
public sealed record EmbeddingSettings(
    EmbeddingLimits Limits, TimeSpan IdleUnload, TimeSpan RetryDegraded, TimeSpan RunLimit, long MemoryCeilingBytes, int CachedVectors = 4096)
{
    /// <summary>From <c>localrecall.embedding</c>.</summary>
    public static EmbeddingSettings From(Config config) => new(
        new EmbeddingLimits(
            config.GetInt("max-run-tokens"),
            config.GetTimeSpan("run-target"),
            config.GetInt("alone-tokens"),
            config.GetInt("max-queued-texts"),
            config.GetInt("max-queued-tokens"),
            config.GetInt("max-client-texts"),
            config.GetInt("max-client-tokens"),
            config.GetTimeSpan("ingest-age")),
        config.GetTimeSpan("idle-unload"),
        config.GetTimeSpan("retry-degraded"),
        config.GetTimeSpan("run-limit"),
        config.GetByteSize("memory-ceiling") ?? 0,
        config.GetInt("cached-vectors"));
}
