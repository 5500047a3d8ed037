using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Configuration;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Hooks;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Ingest;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Actors.Mcp;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Query;
using LocalRecall.Actors.Transcripts;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors;

/// <summary>What the actors need of the outside.</summary>
/// <param name="MemoriesFolder">Where memories given by message are written.</param>
public sealed record HostPorts(
    IModelCatalog Models, IMemoryStore Store, IMemoryFiles Files, IRootList Roots, IFolderWatcher Watcher, string MemoriesFolder);

/// <summary>The host's actors, all at <c>/user</c>.</summary>
public sealed record ActorTree(
    IActorRef Gateway, IActorRef Query, IActorRef Ingest, IActorRef Hooks, IActorRef Transcripts, IActorRef Mcp, IActorRef Models,
    IActorRef Embedding, IActorRef Index, IActorRef Lifecycle)
{
    /// <param name="home">The home folder, for <c>recall status</c>.</param>
    /// <param name="stop">Begins the host's orderly end.</param>
    /// <param name="leases">What keeps the host though no client does.</param>
    public static ActorTree Start(
        ActorSystem system, HostPorts ports, IMeterFactory meters, GatewaySettings gatewaySettings, string home, Action stop,
        IReadOnlyList<string>? leases = null)
    {
        var metrics = new HostMetrics(meters);
        Config config = system.Settings.Config.GetConfig("localrecall");
        EmbeddingSettings embeddingSettings = EmbeddingSettings.From(config.GetConfig("embedding"));
        var models = new ModelInForce(ports.Models);
        IActorRef embedding = system.ActorOf(
            EmbeddingActor.CreateProps(models, embeddingSettings, new EmbeddingMetrics(meters), () => Environment.WorkingSet), "embedding");
        IActorRef index = system.ActorOf(IndexActor.CreateProps(ports.Store, models, config.GetInt("index.readers")), "index");
        Config requests = config.GetConfig("requests");
        var limits = new RequestLimits(requests.GetInt("max-open"), requests.GetInt("max-open-per-client"));
        var ingestPorts = new IngestPorts(index, embedding, ports.Files, ports.Roots, ports.Watcher, models, ports.MemoriesFolder, metrics);
        IActorRef ingest = system.ActorOf(IngestActor.CreateProps(ingestPorts, config.GetInt("ingest.max-files"), limits), "ingest");
        var queryPorts = new QueryPorts(index, embedding, models, SearchSettings.From(config), metrics);
        IActorRef query = system.ActorOf(QueryActor.CreateProps(queryPorts, limits), "query");
        IActorRef hooks = system.ActorOf(HooksActor.CreateProps(
            new HookPorts(index, query, embedding), InjectionSettings.From(config.GetConfig("injection")), limits, metrics), "hooks");
        IActorRef transcripts = system.ActorOf(TranscriptsActor.CreateProps(new TranscriptPorts(home, index, ingest, ports.Files, metrics), limits), "transcripts");
        IActorRef modelChanges = system.ActorOf(ModelsActor.CreateProps(new ModelPorts(index, embedding, models, config.GetBoolean("models.check-forms")), limits, metrics), "models");
        IActorRef mcp = system.ActorOf(McpActor.CreateProps(McpSettings.From(config.GetConfig("mcp"), gatewaySettings.HostVersion), limits, metrics), "mcp");
        var lifecycleSettings = new LifecycleSettings(
            gatewaySettings.HostVersion, home, config.GetTimeSpan("host.idle-exit"), config.GetBoolean("host.watching-keeps-alive"))
        {
            Leases = leases ?? [],
        };
        var lifecyclePorts = new LifecyclePorts(index, embedding, ingest, [ingest, query, hooks, transcripts, mcp, modelChanges], models, metrics, stop);
        IActorRef lifecycle = system.ActorOf(LifecycleActor.CreateProps(lifecycleSettings, lifecyclePorts), "lifecycle");
        IActorRef gateway = system.ActorOf(GatewayActor.CreateProps(gatewaySettings, new GatewayPorts(query, ingest, hooks, transcripts, mcp, modelChanges, lifecycle)), "gateway");
        return new ActorTree(gateway, query, ingest, hooks, transcripts, mcp, modelChanges, embedding, index, lifecycle);
    }
}
