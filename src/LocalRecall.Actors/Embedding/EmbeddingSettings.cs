using Akka.Configuration;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Embedding;

/// <param name="IdleUnload">After so long without work the model is unloaded and its memory given back.</param>
/// <param name="RetryDegraded">How long a model that could not be used is left alone before it is tried again.</param>
public sealed record EmbeddingSettings(EmbeddingLimits Limits, TimeSpan IdleUnload, TimeSpan RetryDegraded)
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
        config.GetTimeSpan("retry-degraded"));
}
