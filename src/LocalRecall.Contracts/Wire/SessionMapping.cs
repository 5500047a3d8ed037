using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class SessionMapping
{
    public static FailureV1 ToWire(Failure m)
    {
        var w = new FailureV1 { RequestId = m.RequestId.ToWire(), Code = (int)m.Code, Message = m.Message };
        if (m.RetryAfterMs is { } retryAfterMs)
        {
            w.RetryAfterMs = retryAfterMs;
        }

        return w;
    }

    /// <summary>A code that this version does not know stays as it is.</summary>
    public static Failure FromWire(FailureV1 w) =>
        new(w.RequestId.ToGuid(), (FailureCode)w.Code, w.Message, w.HasRetryAfterMs ? w.RetryAfterMs : null);

    public static HelloV1 ToWire(Hello m) => new()
    {
        RequestId = m.RequestId.ToWire(), ProtocolVersion = m.ProtocolVersion,
        ClientName = m.ClientName, ClientVersion = m.ClientVersion, Token = m.Token, Lease = m.Lease,
    };

    public static Hello FromWire(HelloV1 w) => new(w.RequestId.ToGuid(), w.ProtocolVersion, w.ClientName, w.ClientVersion, w.Token, w.Lease);

    public static WelcomeV1 ToWire(Welcome m) => new()
    {
        RequestId = m.RequestId.ToWire(), Ticket = m.Ticket.ToWire(), ProtocolVersion = m.ProtocolVersion, HostVersion = m.HostVersion,
    };

    public static Welcome FromWire(WelcomeV1 w) => new(w.RequestId.ToGuid(), w.Ticket.ToGuid(), w.ProtocolVersion, w.HostVersion);

    public static HandOverV1 ToWire(HandOver m) => new() { RequestId = m.RequestId.ToWire(), Token = m.Token, Version = m.Version };

    public static HandOver FromWire(HandOverV1 w) => new(w.RequestId.ToGuid(), w.Token, w.Version);

    public static CancelV1 ToWire(Cancel m) => new() { RequestId = m.RequestId.ToWire(), Ticket = m.Ticket.ToWire() };

    public static Cancel FromWire(CancelV1 w) => new(w.RequestId.ToGuid(), w.Ticket.ToGuid());

    public static StopHostV1 ToWire(StopHost m) => new() { Header = m.Header.ToWire() };

    public static StopHost FromWire(StopHostV1 w) => new(w.Header.ToHeader());

    public static HostStoppingV1 ToWire(HostStopping m) => new() { RequestId = m.RequestId.ToWire() };

    public static HostStopping FromWire(HostStoppingV1 w) => new(w.RequestId.ToGuid());
}
