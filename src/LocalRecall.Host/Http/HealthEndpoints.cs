using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary><c>/health</c>: the host is alive. <c>/ready</c>: it can search and embed. Both without a token, and both say nothing else.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway)
    {
        endpoints.MapMethods("/health", GetAndHead, _ => Task.CompletedTask).WithMetadata(OpenToAll.Instance);
        endpoints.MapMethods("/ready", GetAndHead, context => ReadyAsync(context, gateway)).WithMetadata(OpenToAll.Instance);
    }

    private static async Task ReadyAsync(HttpContext context, HttpGateway gateway)
    {
        HostStatus status = await gateway.StatusAsync(context).ConfigureAwait(false);
        string? problem = status.Index.State != "ready" ? $"The index is {status.Index.State}."
            : status.Model.State is "degraded" or "unknown" ? $"The model is {status.Model.State}."
            : null;
        if (problem is not null)
        {
            throw new HttpFailure(StatusCodes.Status503ServiceUnavailable, problem);
        }
    }
}
