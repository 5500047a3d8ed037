using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors.Hooks;

/// <summary>Tells agents what they should know: a child per hook that asks.</summary>
public sealed class HooksActor : RequestCoordinator
{
    public HooksActor(RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
    }

    public static Props CreateProps(RequestLimits limits, HostMetrics metrics) => Props.Create(() => new HooksActor(limits, metrics));
}
