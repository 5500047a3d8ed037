using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Mcp;

/// <summary>A tool's or a resource's way to the actors, for one message of an agent.</summary>
internal sealed class RecallCall(LineTransport line, LocalClient client, TimeProvider time, CancellationToken cancellation)
{
    /// <summary>The answer has to come in time for the agent's deadline.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>The git repository around the agent's folder, or null.</summary>
    public string? Project => line.Request.Project;

    /// <exception cref="RecallFailedException">The host refused or failed.</exception>
    public async Task<TReply> AskAsync<TReply>(Func<RequestHeader, IRequest> request)
        where TReply : IReply
    {
        TimeSpan left = line.Request.Header.Deadline - time.GetUtcNow() - Margin;
        IReply reply = await client.AskAsync(request, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation, RequestId).ConfigureAwait(false);
        if (reply is TReply wanted)
        {
            return wanted;
        }

        var failure = (Failure)reply;
        if (failure.Code == FailureCode.Stopping)
        {
            line.GiveBack();
        }

        throw new RecallFailedException(failure.Code, failure.Message, failure.RetryAfterMs);
    }

    /// <summary>The same whenever the message comes again, so that nothing is done twice; not the message's own, so that cancelling the one does not cancel the other.</summary>
    private Guid RequestId
    {
        get
        {
            byte[] bytes = line.Request.Header.RequestId.ToByteArray();
            bytes[^1] ^= 1;
            return new Guid(bytes);
        }
    }
}

/// <summary>What an agent asked for can't be had.</summary>
internal sealed class RecallFailedException(FailureCode code, string message, int? retryAfterMs = null) : Exception(message)
{
    public FailureCode Code { get; } = code;

    public int? RetryAfterMs { get; } = retryAfterMs;
}
