namespace LocalRecall.Contracts.Messages;

/// <summary>Anything that crosses between processes. Each type has one manifest, which never changes.</summary>
public interface IWireMessage;

/// <summary>A client's request; answered exactly once by an <see cref="IReply"/>, after any number of progress messages.</summary>
public interface IRequest : IWireMessage
{
    RequestHeader Header { get; }
}

/// <summary>The host's answer, or progress on the way to it.</summary>
public interface IReply : IWireMessage
{
    Guid RequestId { get; }
}

/// <summary>Word on the way to the answer.</summary>
public interface IProgressReply : IReply;

/// <param name="RequestId">Chosen by the client; a repeated request with the same id is the same request.</param>
/// <param name="Ticket">From <see cref="Welcome"/>.</param>
/// <param name="Deadline">When the client stops waiting; the host drops the work then.</param>
public readonly record struct RequestHeader(Guid RequestId, Guid Ticket, DateTimeOffset Deadline);

/// <summary>Why a request got no result.</summary>
public enum FailureCode
{
    /// <summary>The host met something it did not expect; its log says more.</summary>
    Internal = 0,

    /// <summary>The request itself is wrong; the message says what.</summary>
    BadRequest = 1,

    NotFound = 2,

    /// <summary>Too much is queued; try again after <see cref="Failure.RetryAfterMs"/>.</summary>
    Busy = 3,

    /// <summary>The deadline passed before the work was done.</summary>
    Expired = 4,

    /// <summary>Wrong token, or no hello on this connection.</summary>
    Unauthorized = 5,

    /// <summary>Client and host speak different protocol versions; the message says which to upgrade.</summary>
    UnsupportedVersion = 6,

    /// <summary>A message would exceed what a frame holds.</summary>
    TooLarge = 7,

    /// <summary>The embedding model can't be used now.</summary>
    ModelUnavailable = 8,

    /// <summary>The index can't be used now.</summary>
    StoreUnavailable = 9,

    /// <summary>The host is stopping.</summary>
    Stopping = 10,

    /// <summary>Said by the client alone: there is no host, and none could be started.</summary>
    HostUnavailable = 100,
}

public static class FailureCodes
{
    /// <summary>As people and programs read it: <see cref="FailureCode.NotFound"/> is <c>not-found</c>.</summary>
    public static string ToName(this FailureCode code) =>
        string.Concat(code.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>A typed refusal.</summary>
public sealed record Failure(Guid RequestId, FailureCode Code, string Message, int? RetryAfterMs = null) : IReply;
