using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Query;

/// <summary>Answers what clients ask: a child per request.</summary>
public sealed class QueryActor : RequestCoordinator
{
    private const int MaxRequests = 256;

    public QueryActor(QueryPorts ports)
        : base(MaxRequests, ports.Metrics)
    {
        Serve<Search>(request => SearchActor.CreateProps(request, ports));
        Serve<GetMemory>(request => GetActor.CreateProps(request, ports));
        Serve<ListMemories>(request => ListActor.CreateProps(request, ports));
        Serve<EmbedTexts>(request => EmbedActor.CreateProps(request, ports));
        Serve<CheckIntegrity>(request => CheckActor.CreateProps(request, ports));
    }

    public static Props CreateProps(QueryPorts ports) => Props.Create(() => new QueryActor(ports));
}

/// <summary>What the query actors work with.</summary>
public sealed record QueryPorts(IActorRef Index, IActorRef Embedding, IEmbedderFactory Embedder, HostMetrics Metrics)
{
    public ModelInfo Model => Embedder.Model;
}
