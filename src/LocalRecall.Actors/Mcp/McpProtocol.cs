using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Mcp;

internal static class McpProtocol
{
    /// <summary>Who serves this session. Answered by <see cref="FacadeFound"/>, or <see cref="RequestFailed"/> where there is no room.</summary>
    /// <param name="Gone">Served it until now; null: nobody did.</param>
    public sealed record FindFacade(Guid Session, ClientId Client, IActorRef? Gone) : IInternalMessage;

    public sealed record FacadeFound(IActorRef Facade) : IInternalMessage;

    /// <summary>One message of the agent for a facade. Answered by <see cref="LineAnswered"/> or <see cref="LineGivenBack"/>.</summary>
    public sealed record HandleLine(McpLine Line, ClientId Client) : IInternalMessage;

    /// <summary>The SDK's server has answered.</summary>
    public sealed record Answered(IActorRef Line, string Json) : IInternalMessage;

    /// <param name="Json">Empty: nothing is said to it.</param>
    public sealed record LineAnswered(string Json) : IInternalMessage;

    /// <summary>The host stops; the next one does it.</summary>
    public sealed class LineGivenBack : IInternalMessage
    {
        public static readonly LineGivenBack Instance = new();
    }
}
