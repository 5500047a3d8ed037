using Akka.Actor;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Requests;

/// <summary>Messages that stay inside the host. Nothing on the wire can be one.</summary>
public interface IInternalMessage : INoSerializationVerificationNeeded;

/// <summary>A request whose client has shown the token. Only the gateway makes one, so no remote message passes it by.</summary>
/// <param name="ReplyTo">The client.</param>
/// <param name="Client">Who it is, the same over all requests of one connection.</param>
public sealed record Authorized<TRequest>(TRequest Request, IActorRef ReplyTo, ClientId Client) : IInternalMessage
    where TRequest : IRequest;

/// <summary>A part of the host could not do what another asked.</summary>
public sealed record RequestFailed(Guid RequestId, FailureCode Code, string Message, TimeSpan? RetryAfter = null) : IInternalMessage
{
    public Failure ToReply(Guid requestId) => new(requestId, Code, Message, (int?)RetryAfter?.TotalMilliseconds);
}
