using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Core.Embedding;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <summary>What every group of endpoints works with: the way to the actors.</summary>
internal sealed class HttpGateway(IActorRef gateway, TimeProvider time, HttpSettings settings, HttpTraffic traffic)
{
    public HttpSettings Settings => settings;

    /// <inheritdoc cref="HttpTraffic.Stopping"/>
    public CancellationToken Stopping => traffic.Stopping;

    /// <summary>Connections take turns, as the clients that speak Akka's protocol do.</summary>
    public LocalClient ClientOf(HttpContext context) => new(gateway, new ClientId($"http {context.Connection.Id}"), time);
}
