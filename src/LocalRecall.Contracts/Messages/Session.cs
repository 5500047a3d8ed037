namespace LocalRecall.Contracts.Messages;

/// <summary>The first message of every client.</summary>
/// <param name="Token">From the endpoint file.</param>
public sealed record Hello(Guid RequestId, int ProtocolVersion, string ClientName, string ClientVersion, string Token) : IWireMessage
{
    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(Hello)} {{ {nameof(ClientName)} = {ClientName}, {nameof(ClientVersion)} = {ClientVersion} }}";
}

/// <param name="Ticket">Goes into the header of every request of this client.</param>
public sealed record Welcome(Guid RequestId, Guid Ticket, int ProtocolVersion, string HostVersion) : IReply;

public sealed record StopHost(RequestHeader Header) : IRequest;

public sealed record HostStopping(Guid RequestId) : IReply;
