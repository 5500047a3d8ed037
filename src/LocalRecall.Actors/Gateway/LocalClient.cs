using Akka.Actor;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using static LocalRecall.Actors.Gateway.GatewayProtocol;

namespace LocalRecall.Actors.Gateway;

/// <summary>The way into the actors for what is no actor itself but lives in the host: HTTP endpoints, MCP tools. Safe for concurrent use.</summary>
/// <param name="gateway">The gateway, or a selection of it.</param>
/// <param name="client">Whose turn it is when clients take turns, and whose limits count.</param>
public sealed class LocalClient(ICanTell gateway, ClientId client, TimeProvider time)
{
    /// <summary>The host answers by the deadline; its answer still has to arrive.</summary>
    private static readonly TimeSpan ReplyGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks and waits for the reply, which may be a <see cref="Failure"/>.</summary>
    /// <param name="requestId">The same again for the same request, so that it is not done twice; null: a new one.</param>
    /// <exception cref="OperationCanceledException">The caller gave up; the request has been cancelled.</exception>
    public async Task<IReply> AskAsync(Func<RequestHeader, IRequest> request, TimeSpan timeout, CancellationToken cancellation, Guid? requestId = null)
    {
        cancellation.ThrowIfCancellationRequested(); // an Ask that is cancelled before it begins would never leave Akka.NET's /temp
        var header = new RequestHeader(requestId ?? Guid.NewGuid(), Guid.Empty, time.GetUtcNow() + timeout);
        try
        {
            return await gateway.Ask<IReply>(new LocalRequest(request(header), client), timeout + ReplyGrace, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return new Failure(header.RequestId, FailureCode.Expired, "The host has not answered in time.");
        }
        catch (OperationCanceledException)
        {
            gateway.Tell(new CancelLocal(header.RequestId, client), ActorRefs.NoSender);
            throw;
        }
    }
}
