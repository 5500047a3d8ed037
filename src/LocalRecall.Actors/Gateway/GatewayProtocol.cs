using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Gateway;

public static class GatewayProtocol
{
    /// <summary>Whoever counts the clients has lost count.</summary>
    public sealed class GetActivity : IInternalMessage
    {
        public static readonly GetActivity Instance = new();
    }

    /// <summary>A request from inside the host (HTTP, MCP, hooks). Answered like any other, to its sender.</summary>
    /// <param name="Client">Whose turn it is when clients take turns.</param>
    public sealed record LocalRequest(IRequest Request, ClientId Client) : IInternalMessage;

    /// <summary>Nobody waits for this <see cref="LocalRequest"/> any more.</summary>
    public sealed record CancelLocal(Guid RequestId, ClientId Client) : IInternalMessage;

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
