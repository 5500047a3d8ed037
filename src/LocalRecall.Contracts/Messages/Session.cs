namespace LocalRecall.Contracts.Messages;

/// <summary>The first message of every client.</summary>
/// <param name="Token">From the endpoint file.</param>
/// <param name="Lease">What for ("mcp session"), if the host is to stay as long as this connection; empty if not.</param>
public sealed record Hello(Guid RequestId, int ProtocolVersion, string ClientName, string ClientVersion, string Token, string Lease = "") : IWireMessage
{
    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(Hello)} {{ {nameof(ClientName)} = {ClientName}, {nameof(ClientVersion)} = {ClientVersion} }}";
}

/// <param name="Ticket">Goes into the header of every request of this client.</param>
public sealed record Welcome(Guid RequestId, Guid Ticket, int ProtocolVersion, string HostVersion) : IReply;

/// <summary>
/// Asks an older host to make way for a newer one: it finishes what it has begun, and ends. Needs no hello and is understood by every
/// protocol version, so it never changes. The reply is <see cref="HostStopping"/>, or a <see cref="Failure"/> that says why the host stays.
/// </summary>
/// <param name="Token">From the endpoint file.</param>
/// <param name="Version">Of the host program that is to be started.</param>
public sealed record HandOver(Guid RequestId, string Token, string Version) : IWireMessage
{
    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(HandOver)} {{ {nameof(Version)} = {Version} }}";
}

/// <summary>The client no longer waits for a request. Reads and imports end, writes are finished all the same. No reply.</summary>
/// <param name="Ticket">From <see cref="Welcome"/>.</param>
public sealed record Cancel(Guid RequestId, Guid Ticket) : IWireMessage;

public sealed record StopHost(RequestHeader Header) : IRequest;

public sealed record HostStopping(Guid RequestId) : IReply;
