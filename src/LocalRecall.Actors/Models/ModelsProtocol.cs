using LocalRecall.Actors.Requests;

namespace LocalRecall.Actors.Models;

internal static class ModelsProtocol
{
    /// <summary>One change of models at a time. Answered by <see cref="TurnCame"/>; the turn ends with the request.</summary>
    public sealed class AwaitTurn : IInternalMessage
    {
        public static readonly AwaitTurn Instance = new();
    }

    public sealed class TurnCame : IInternalMessage
    {
        public static readonly TurnCame Instance = new();
    }
}
