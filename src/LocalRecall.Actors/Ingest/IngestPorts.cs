using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Ingest;

/// <summary>What the ingest actors work with.</summary>
/// <param name="MemoriesFolder">Where memories given by message are written; always watched.</param>
public sealed record IngestPorts(
    IActorRef Index,
    IActorRef Embedding,
    IMemoryFiles Files,
    IRootList Roots,
    IFolderWatcher Watcher,
    IEmbedderFactory Embedder,
    string MemoriesFolder,
    HostMetrics Metrics)
{
    public ModelInfo Model => Embedder.Model;
}
