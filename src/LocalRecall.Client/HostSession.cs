using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>A connection whose hello the host has accepted.</summary>
internal sealed record HostSession(AkkaConnection Connection, Guid Ticket, HostEndpoint Endpoint)
{
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(10);

    /// <exception cref="ConnectionLostException">No living host at this endpoint, or none that knows its token.</exception>
    /// <exception cref="RecallException">The host refuses this client for good.</exception>
    public static async Task<HostSession> OpenAsync(HostEndpoint endpoint, string clientName, CancellationToken cancellation)
    {
        AkkaAddress address = AkkaAddress.TryParse(endpoint.Address) ?? throw new ConnectionLostException($"{endpoint.Address} is no address.");
        AkkaConnection connection = await AkkaConnection.ConnectAsync(address, TimeProvider.System, cancellation).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HelloLimit);
        try
        {
            var hello = new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, clientName, RecallClient.Version, endpoint.Token);
            IReply reply = await connection.AskAsync(ActorPaths.Gateway, hello, hello.RequestId, null, limit.Token).ConfigureAwait(false);
            return reply switch
            {
                Welcome welcome => new HostSession(connection, welcome.Ticket, endpoint),
                Failure { Code: FailureCode.UnsupportedVersion } f => throw new RecallException(f.Code, f.Message),
                Failure f => throw new ConnectionLostException(f.Message),
                _ => throw new ConnectionLostException($"The host answered hello with {reply.GetType().Name}."),
            };
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new ConnectionLostException("The host does not answer hello.", e);
            }

            throw;
        }
    }
}
