using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>A request that got no result: the host's typed refusal, or why there is no host.</summary>
public sealed class RecallException(FailureCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureCode Code { get; } = code;
}
