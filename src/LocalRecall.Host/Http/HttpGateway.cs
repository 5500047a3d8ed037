using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>What every group of endpoints works with: the way to the actors.</summary>
/// <param name="home">The home folder.</param>
internal sealed class HttpGateway(IActorRef gateway, TimeProvider time, HttpSettings settings, HttpTraffic traffic, string home)
{
    public HttpSettings Settings => settings;

    public string Home => home;

    public TimeProvider Time => time;

    /// <inheritdoc cref="HttpTraffic.Stopping"/>
    public CancellationToken Stopping => traffic.Stopping;

    /// <summary>Connections take turns, as the clients that speak Akka's protocol do.</summary>
    public LocalClient ClientOf(HttpContext context) => new(gateway, new ClientId($"http {context.Connection.Id}"), time);

    /// <summary>Asks on behalf of an HTTP request; what the client no longer waits for is cancelled.</summary>
    /// <exception cref="HttpFailure">The host refused.</exception>
    public async Task<IReply> AskAsync(HttpContext context, Func<RequestHeader, IRequest> request, CancellationToken cancellation) =>
        await ClientOf(context).AskAsync(request, settings.Timeout, cancellation).ConfigureAwait(false) switch
        {
            Failure failure => throw HttpFailure.Of(failure),
            IReply reply => reply,
        };

    /// <inheritdoc cref="AskAsync"/>
    public async Task<HostStatus> StatusAsync(HttpContext context) =>
        (HostStatus)await AskAsync(context, header => new GetStatus(header), context.RequestAborted).ConfigureAwait(false);
}
