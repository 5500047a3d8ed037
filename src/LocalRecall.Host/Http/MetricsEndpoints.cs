using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary><c>/metrics</c>, for Prometheus: the instruments of docs/metrics.md.</summary>
internal static class MetricsEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, PrometheusMetrics metrics) => endpoints.MapGet("/metrics", context =>
    {
        context.Response.ContentType = PrometheusMetrics.ContentType;
        return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    });
}
