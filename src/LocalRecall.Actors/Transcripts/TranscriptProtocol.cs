using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Transcripts;

/// <summary>What the transcript actors work with.</summary>
/// <param name="Home">The spool folder is in it.</param>
public sealed record TranscriptPorts(string Home, IActorRef Index, IActorRef Ingest, IMemoryFiles Files, HostMetrics Metrics);

internal static class TranscriptProtocol
{
    /// <summary>What a hook left in the spool folder.</summary>
    public sealed record SpoolEntry(string File, HookInput Hook);

    /// <param name="HasMore">Others were left for later.</param>
    public sealed record SpoolRead(IReadOnlyList<SpoolEntry> Entries, bool HasMore) : IInternalMessage;

    /// <summary>The sender has done what these entries wanted, and deleted them; or has not.</summary>
    /// <param name="Failure">Why not; it may work later.</param>
    public sealed record EntriesDone(string? Failure = null) : IInternalMessage;
}
