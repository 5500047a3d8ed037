using Akka.Actor;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Actors.Requests;

/// <summary>Messages that stay inside the host. Nothing on the wire can be one.</summary>
public interface IInternalMessage : INoSerializationVerificationNeeded;

/// <summary>A request whose client has shown the token. Only the gateway makes one, or who serves such a one in parts; so no remote message passes it by.</summary>
/// <param name="ReplyTo">The client.</param>
/// <param name="Client">Who it is, the same over all requests of one connection.</param>
public sealed record Authorized<TRequest>(TRequest Request, IActorRef ReplyTo, ClientId Client) : IInternalMessage
    where TRequest : IRequest;

/// <summary>A client no longer waits for this request.</summary>
public sealed record CancelRequest(Guid RequestId, ClientId Client) : IInternalMessage;

/// <summary>A client's connection has closed.</summary>
public sealed record ClientGone(ClientId Client) : IInternalMessage;

/// <summary>The sender has done its request.</summary>
internal sealed record RequestDone(IReply Reply) : IInternalMessage;

/// <summary>The sender is on the way to it.</summary>
internal sealed record RequestProgressed(IReply Progress) : IInternalMessage;

/// <summary>A part of the host could not do what another asked.</summary>
public sealed record RequestFailed(Guid RequestId, FailureCode Code, string Message, TimeSpan? RetryAfter = null) : IInternalMessage
{
    public static RequestFailed HostStops(Guid requestId) => new(requestId, FailureCode.Stopping, "The host is stopping; the next one will answer.");

    public Failure ToReply(Guid requestId) => new(requestId, Code, Message, (int?)RetryAfter?.TotalMilliseconds);
}

/// <summary>The host ends. A coordinator takes nothing new from now on, and answers with <see cref="Drained"/> once all its requests are answered.</summary>
public sealed class Drain : IInternalMessage
{
    public static readonly Drain Instance = new();

    private Drain()
    {
    }
}

/// <summary>What is still open is given back unfinished (<see cref="FailureCode.Stopping"/>): its client asks the next host.</summary>
public sealed class HandBack : IInternalMessage
{
    public static readonly HandBack Instance = new();

    private HandBack()
    {
    }
}

/// <summary>Every request of this coordinator has been answered.</summary>
public sealed class Drained : IInternalMessage
{
    public static readonly Drained Instance = new();

    private Drained()
    {
    }
}

/// <summary>Asks a coordinator how much is under way. Answered by <see cref="WorkOpen"/>.</summary>
public sealed class GetOpenWork : IInternalMessage
{
    public static readonly GetOpenWork Instance = new();

    private GetOpenWork()
    {
    }
}

/// <param name="Count">Requests, and what goes on without one.</param>
public sealed record WorkOpen(int Count) : IInternalMessage;
