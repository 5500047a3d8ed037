using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Lifecycle;

public static class LifecycleProtocol
{
    /// <summary>Somebody uses the host.</summary>
    /// <param name="Clients">Connected now.</param>
    public sealed record Activity(int Clients) : IInternalMessage;
}
