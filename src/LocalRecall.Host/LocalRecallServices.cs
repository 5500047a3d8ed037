using System.Diagnostics.Metrics;
using Akka.Configuration;
using Akka.Hosting;
using LocalRecall.Actors;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Contracts;
using LocalRecall.Host.Http;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalRecall.Host;

/// <summary>Puts the host together: the ports' implementations, the actor system, what runs beside it.</summary>
internal static class LocalRecallServices
{
    public static IServiceCollection AddLocalRecall(this IServiceCollection services, HostPaths paths, Config config)
    {
        var models = new ModelCatalog(paths.Home, new ModelProvisioner(ModelProvisioner.RootOr(paths.Models)));
        var files = new MemoryFiles(paths.Home, TimeProvider.System);
        var store = new SqliteStoreOptions(RememberedVectors: config.GetInt("localrecall.index.remembered-vectors"));
        var ports = new HostPorts(
            models,
            new SqliteMemoryStore(paths.Database, new ForgottenLog(paths.Forgotten, TimeProvider.System), TimeProvider.System, store),
            files,
            new RootList(paths.Home),
            new FolderWatcher(TimeProvider.System),
            files.Folder);
        var gateway = new GatewaySettings(HostIdentity.NewToken(), HostIdentity.Version);
        HttpSettings http = HttpSettings.From(config.GetConfig("localrecall"));

        services.AddMetrics();
        services.AddSingleton(paths);
        services.AddSingleton(models);
        services.AddSingleton(gateway);
        services.AddSingleton(http);
        services.AddSingleton<HttpSockets>();
        services.AddSingleton(new HttpModels(() => models.InForce, models.FolderOf, http.ModelWidths));
        services.AddSingleton<PrometheusMetrics>();
        services.AddSingleton(TimeProvider.System);
        services.AddAkka(ActorPaths.SystemName, (akka, provider) => akka
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon(OrderlyEnd.WithDrainPhase(config), HoconAddMode.Prepend)
            .WithActors((system, registry) =>
            {
                provider.GetRequiredService<PrometheusMetrics>(); // listens from the first measurement on
                Action stop = provider.GetRequiredService<IHostApplicationLifetime>().StopApplication;
                ActorTree tree = ActorTree.Start(system, ports, provider.GetRequiredService<IMeterFactory>(), gateway, paths.Home, stop, http.Leases);
                OrderlyEnd.Prepare(system, tree);
                registry.Register<GatewayActor>(tree.Gateway);
            }));
        services.AddHostedService<ModelProvisioning>();
        services.AddHostedService<EndpointPublisher>();
        services.AddHostedService<HttpServer>();
        return services;
    }
}
