using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Core.Requests;

namespace LocalRecall.Actors.Transcripts;

/// <summary>Stores what happened in agents' sessions: what hooks left in the spool folder, and what is new in the transcripts.</summary>
public sealed class TranscriptsActor : RequestCoordinator
{
    public TranscriptsActor(RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
    }

    public static Props CreateProps(RequestLimits limits, HostMetrics metrics) => Props.Create(() => new TranscriptsActor(limits, metrics));
}
