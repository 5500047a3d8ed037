using LocalRecall.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host.Http;

/// <summary>The HTTP server with all its endpoints; not yet started.</summary>
internal static class HttpApplication
{
    public static WebApplication Build(HttpSockets sockets, HttpGateway gateway, HttpModels models, PrometheusMetrics metrics, HttpGuard guard, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = sockets.SocketOf);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = gateway.Settings.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = gateway.Settings.MaxConnections;
            kestrel.Listen(sockets.Main!);
            if (sockets.Ollama is { } ollama)
            {
                kestrel.Listen(ollama);
            }
        });

        WebApplication application = builder.Build();
        application.UseRouting();
        application.Use(next => context => guard.HandleAsync(context, next));
        Map(application, gateway, models, metrics);
        return application;
    }

    private static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway, HttpModels models, PrometheusMetrics metrics)
    {
        HealthEndpoints.Map(endpoints, gateway);
        HookEndpoints.Map(endpoints, gateway);
        McpEndpoints.Map(endpoints, gateway);
        MetricsEndpoints.Map(endpoints, metrics);
        OllamaEndpoints.Map(endpoints, gateway, models);
        OpenAiEndpoints.Map(endpoints, gateway, models);
        TeiEndpoints.Map(endpoints, gateway, models);
    }

    /// <summary>The process's own host listens to signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
