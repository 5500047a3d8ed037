using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Lifecycle;

public static class LifecycleProtocol
{
    /// <summary>Somebody uses the host.</summary>
    /// <param name="Clients">Connected now.</param>
    /// <param name="Leases">Which of them keep the host.</param>
    public sealed record Activity(int Clients, IReadOnlyList<string> Leases) : IInternalMessage;

    /// <summary>Whether something is under way, or watched, that keeps the host as a lease does.</summary>
    internal sealed record NeedFound(bool Needed) : IInternalMessage;
}
