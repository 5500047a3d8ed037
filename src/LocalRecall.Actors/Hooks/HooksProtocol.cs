using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Hooks;

internal static class HooksProtocol
{
    /// <summary>Hooks of one session find context one after another: what the first was given, the second must know. Answered by <see cref="TurnCame"/>; the turn ends with the request.</summary>
    public sealed record AwaitTurn(string Session) : IInternalMessage;

    public sealed class TurnCame : IInternalMessage
    {
        public static readonly TurnCame Instance = new();
    }
}
