using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>A connection whose hello the host has accepted.</summary>
internal sealed record HostSession(AkkaConnection Connection, Guid Ticket, HostEndpoint Endpoint)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Says hello.</summary>
    /// <exception cref="ConnectionLostException">No living host at this endpoint, or none that knows its token.</exception>
    /// <exception cref="RecallException">The host refuses this client for good, or is <see cref="FailureCode.Stopping"/>.</exception>
    public static async Task<HostSession> OpenAsync(HostEndpoint endpoint, string clientName, string clientVersion, string lease, CancellationToken cancellation)
    {
        int protocol = ProtocolRange.Ours.Nearest(endpoint.ProtocolVersion);
        var hello = new Hello(Guid.NewGuid(), protocol, clientName, clientVersion, endpoint.Token, lease);
        var (connection, reply) = await FirstAsync(endpoint, hello, hello.RequestId, cancellation).ConfigureAwait(false);
        if (reply is Welcome welcome)
        {
            return new HostSession(connection, welcome.Ticket, endpoint);
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        throw reply switch
        {
            Failure { Code: FailureCode.UnsupportedVersion or FailureCode.Stopping } f => new RecallException(f.Code, f.Message),
            Failure f => new ConnectionLostException(f.Message),
            _ => new ConnectionLostException($"The host answered hello with {reply.GetType().Name}."),
        };
    }

    /// <summary>Asks a host to make way for another one of that version.</summary>
    /// <exception cref="ConnectionLostException">No living host at this endpoint, or none that understands.</exception>
    public static async Task<IReply> HandOverAsync(HostEndpoint endpoint, string version, CancellationToken cancellation)
    {
        var wish = new HandOver(Guid.NewGuid(), endpoint.Token, version);
        var (connection, reply) = await FirstAsync(endpoint, wish, wish.RequestId, cancellation).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        return reply;
    }

    private static async Task<(AkkaConnection Connection, IReply Reply)> FirstAsync(
        HostEndpoint endpoint, IWireMessage message, Guid requestId, CancellationToken cancellation)
    {
        AkkaAddress address = AkkaAddress.TryParse(endpoint.Address) ?? throw new ConnectionLostException($"{endpoint.Address} is no address.");
        AkkaConnection connection = await AkkaConnection.ConnectAsync(address, TimeProvider.System, cancellation).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return (connection, await connection.AskAsync(ActorPaths.Gateway, message, requestId, null, limit.Token).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new ConnectionLostException("The host does not answer.", e);
            }

            throw;
        }
    }

    /// <summary>Asks the gateway. A host whose reply nobody waits for any more is told so.</summary>
    /// <exception cref="ConnectionLostException"/>
    /// <exception cref="MessageTooLargeException"/>
    public async Task<IReply> AskAsync(IRequest request, Action<IProgressReply>? progress, CancellationToken cancellation)
    {
        Guid id = request.Header.RequestId;
        try
        {
            return await Connection.AskAsync(ActorPaths.Gateway, request, id, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not ConnectionLostException and not MessageTooLargeException)
        {
            _ = Connection.TellAsync(ActorPaths.Gateway, new Cancel(id, Ticket));
            throw;
        }
    }
}
