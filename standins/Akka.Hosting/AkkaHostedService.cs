using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>
/// Starts the actor system and its actors with the application, and ends each with the other: stopping the
/// application runs CoordinatedShutdown, the end of the system stops the application.
/// </summary>
public class AkkaHostedService(
    AkkaConfigurationBuilder configurationBuilder, IServiceProvider serviceProvider,
    ILogger<AkkaHostedService> logger, IHostApplicationLifetime? applicationLifetime) : IHostedService
{
    protected ActorSystem? ActorSystem;
    protected CoordinatedShutdown? CoordinatedShutdown;
    protected readonly IServiceProvider ServiceProvider = serviceProvider;
    protected readonly AkkaConfigurationBuilder ConfigurationBuilder = configurationBuilder;
    protected readonly IHostApplicationLifetime? HostApplicationLifetime = applicationLifetime;
    protected readonly ILogger<AkkaHostedService> Logger = logger;

    public virtual async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            ActorSystem = ServiceProvider.GetRequiredService<ActorSystem>();
            CoordinatedShutdown = CoordinatedShutdown.Get(ActorSystem);
            await ConfigurationBuilder.StartAsync(ActorSystem).ConfigureAwait(false);
            _ = StopApplicationWithSystemAsync(ActorSystem);
        }
        catch (Exception e)
        {
            Logger.LogCritical(e, "Unable to start AkkaHostedService - shutting down application");
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await StopAsync(timeout.Token).ConfigureAwait(false);
            throw;
        }
    }

    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        if (CoordinatedShutdown is not null)
            await CoordinatedShutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).ConfigureAwait(false);
    }

    private async Task StopApplicationWithSystemAsync(ActorSystem system)
    {
        await system.WhenTerminated.ConfigureAwait(false);
        HostApplicationLifetime?.StopApplication();
    }
}
