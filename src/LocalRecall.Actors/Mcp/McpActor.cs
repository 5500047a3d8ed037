using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors.Mcp;

/// <summary>Speaks MCP with agents: one facade per session.</summary>
public sealed class McpActor : RequestCoordinator
{
    public McpActor(RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
    }

    public static Props CreateProps(RequestLimits limits, HostMetrics metrics) => Props.Create(() => new McpActor(limits, metrics));
}
