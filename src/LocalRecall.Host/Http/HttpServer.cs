using Akka;
using Akka.Actor;
using Akka.Hosting;
using LocalRecall.Actors.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host.Http;

/// <summary>Serves HTTP beside the actors, from soon after the host is ready until it has answered what came in time.</summary>
internal sealed partial class HttpServer(
    ActorSystem system, IRequiredActor<GatewayActor> gateway, GatewaySettings gatewaySettings, HttpSettings settings, HttpSockets sockets,
    HttpModels models, PrometheusMetrics metrics, HostPaths paths, TimeProvider time, ILoggerFactory loggers) : IHostedService
{
    /// <summary>For what is still being sent when all is answered.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private readonly ILogger _log = loggers.CreateLogger<HttpServer>();
    private readonly HttpTraffic _traffic = new();

    /// <summary>Returns at once: nobody who needs the host's actors is to wait for this.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (sockets.Main is null)
        {
            return Task.CompletedTask;
        }

        Task<WebApplication?> started = Task.Run(RunAsync, CancellationToken.None);
        TimeSpan drainTime = system.Settings.Config.GetTimeSpan("localrecall.host.drain-time");
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain-http", async () =>
        {
            await _traffic.DrainAsync(drainTime).ConfigureAwait(false);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "close-http", async () =>
        {
            if (await started.ConfigureAwait(false) is { } application)
            {
                using var limit = new CancellationTokenSource(CloseTime);
                await application.StopAsync(limit.Token).ConfigureAwait(false);
                await application.DisposeAsync().ConfigureAwait(false);
            }

            return Done.Instance;
        });
        return Task.CompletedTask;
    }

    /// <summary>The actor system's end closes it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<WebApplication?> RunAsync()
    {
        try
        {
            var guard = new HttpGuard([gatewaySettings.Token, settings.Token], sockets.Ollama?.Port, _traffic, _log);
            WebApplication application = HttpApplication.Build(
                sockets, new HttpGateway(gateway.ActorRef, time, settings, _traffic, paths.Home), models, metrics, guard, loggers);
            await application.StartAsync().ConfigureAwait(false);
            return application;
        }
        catch (Exception e)
        {
            NotStarted(_log, e);
            sockets.Dispose(); // nobody is to wait there
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no HTTP: the server could not be started")]
    private static partial void NotStarted(ILogger log, Exception e);
}
