using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts;
using Microsoft.Extensions.Hosting;

namespace LocalRecall.Host;

/// <summary>Tells clients where the host is, once it listens, and takes it back when it stops.</summary>
internal sealed class EndpointPublisher(ActorSystem system, GatewaySettings gateway, HostPaths paths) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Address address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        EndpointFile.Write(paths.Home, new HostEndpoint(
            address.ToString(), system.Name, gateway.Token, Environment.ProcessId, HostIdentity.Version, WireLimits.ProtocolVersion));
        Console.Out.WriteLine($"ready {address}");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        EndpointFile.Delete(paths.Home);
        return Task.CompletedTask;
    }
}
