using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Models;
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
    ModelInForce Models,
    string MemoriesFolder,
    HostMetrics Metrics);
