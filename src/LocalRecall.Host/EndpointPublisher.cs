using Akka;
using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts;
using LocalRecall.Host.Http;
using Microsoft.Extensions.Hosting;

namespace LocalRecall.Host;

/// <summary>
/// Tells clients where the host is, once it listens, and takes it back when it has answered all there was to answer. A file that somebody
/// deletes or changes meanwhile is written again.
/// </summary>
internal sealed class EndpointPublisher(ActorSystem system, GatewaySettings gateway, HttpSockets http, HostPaths paths, TimeProvider time) : IHostedService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Address address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var endpoint = new HostEndpoint(
            address.ToString(), system.Name, gateway.Token, Environment.ProcessId, HostIdentity.Version, WireLimits.ProtocolVersion,
            http.Address, http.OllamaAddress);
        EndpointFile.DeleteLeftovers(paths.Home);
        EndpointFile.Write(paths.Home, endpoint);
        ITimer timer = time.CreateTimer(_ => Restore(endpoint), null, LookAgain, LookAgain);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "remove-endpoint", async () =>
        {
            await timer.DisposeAsync().ConfigureAwait(false);
            EndpointFile.Delete(paths.Home);
            return Done.Instance;
        });
        Console.Out.WriteLine($"ready {address}");
        return Task.CompletedTask;
    }

    /// <summary>The actor system ends later, and this with it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Restore(HostEndpoint endpoint)
    {
        try
        {
            if (EndpointFile.TryRead(paths.Home) != endpoint)
            {
                EndpointFile.Write(paths.Home, endpoint);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look may do better; a deleted home folder stays deleted.
        }
    }
}
