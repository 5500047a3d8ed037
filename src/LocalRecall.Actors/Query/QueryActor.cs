using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors.Query;

/// <summary>Answers what clients ask: a child per request.</summary>
public sealed class QueryActor : RequestCoordinator
{
    public QueryActor(QueryPorts ports, RequestLimits limits)
        : base(limits, ports.Metrics)
    {
        Serve<Search>(request => SearchActor.CreateProps(request, ports));
        Serve<GetMemory>(request => GetActor.CreateProps(request, ports));
        Serve<ListMemories>(request => ListActor.CreateProps(request, ports));
        Serve<EmbedTexts>(request => EmbedActor.CreateProps(request, ports));
        Serve<CheckIntegrity>(request => CheckActor.CreateProps(request, ports));
    }

    public static Props CreateProps(QueryPorts ports, RequestLimits limits) => Props.Create(() => new QueryActor(ports, limits));
}

/// <summary>What the query actors work with.</summary>
public sealed record QueryPorts(IActorRef Index, IActorRef Embedding, ModelInForce Models, SearchSettings Search, HostMetrics Metrics);
