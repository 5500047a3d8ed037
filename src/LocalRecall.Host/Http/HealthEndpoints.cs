using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary><c>/health</c>: the host is alive. <c>/ready</c>: it can search and embed. Both without a token, and both say nothing else.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway)
    {
        endpoints.MapMethods("/health", GetAndHead, _ => Task.CompletedTask).WithMetadata(OpenToAll.Instance);
        endpoints.MapMethods("/ready", GetAndHead, context => ReadyAsync(context, gateway)).WithMetadata(OpenToAll.Instance);
    }

    private static async Task ReadyAsync(HttpContext context, HttpGateway gateway)
    {
        IReply reply = await gateway.ClientOf(context).AskAsync(header => new GetStatus(header), Patience, context.RequestAborted).ConfigureAwait(false);
        HostStatus status = reply switch
        {
            HostStatus found => found,
            Failure failure => throw HttpFailure.Of(failure),
            _ => throw new InvalidOperationException($"{reply.GetType().Name} is no status."),
        };
        string? problem = status.Index.State != "ready" ? $"The index is {status.Index.State}."
            : status.Model.State is "degraded" or "unknown" ? $"The model is {status.Model.State}."
            : null;
        if (problem is not null)
        {
            throw new HttpFailure(StatusCodes.Status503ServiceUnavailable, problem);
        }
    }
}
