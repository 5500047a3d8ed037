using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Gateway;

public static class GatewayProtocol
{
    /// <summary>Whoever counts the clients has lost count.</summary>
    public sealed class GetActivity : IInternalMessage
    {
        public static readonly GetActivity Instance = new();
    }

    /// <summary>The host ends: whatever comes now is for the next one. Answered by <see cref="IntakeStopped"/>.</summary>
    public sealed class StopIntake : IInternalMessage
    {
        public static readonly StopIntake Instance = new();
    }

    /// <summary>All requests that were let in have been handed on.</summary>
    public sealed class IntakeStopped : IInternalMessage
    {
        public static readonly IntakeStopped Instance = new();
    }
}
