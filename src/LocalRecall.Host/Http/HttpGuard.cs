using System.Security.Cryptography;
using System.Text;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host.Http;

/// <summary>Metadata of an endpoint that everybody on this machine may ask.</summary>
internal sealed class OpenToAll
{
    public static readonly OpenToAll Instance = new();
}

/// <summary>Metadata of an endpoint that needs no token on the port which the user opened for Ollama's clients: they can send none.</summary>
internal sealed class OpenOnOllamaPort
{
    public static readonly OpenOnOllamaPort Instance = new();
}

/// <summary>
/// What every request passes: it must name this machine (a web page whose name was made to point here does not), come from no page of
/// elsewhere, and show a token. Whatever goes wrong behind it becomes an answer.
/// </summary>
internal sealed partial class HttpGuard(IReadOnlyList<string> tokens, int? ollamaPort, HttpTraffic traffic, ILogger log)
{
    private const string Bearer = "Bearer ";

    private readonly byte[][] _tokens = [.. tokens.Where(token => token.Length > 0).Select(Encoding.UTF8.GetBytes)];

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsThisMachine(context.Request.Host))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This host answers to 127.0.0.1 and localhost only.").ConfigureAwait(false);
        }
        else if (!IsFromThisMachine(context.Request))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of other origins are not served.").ConfigureAwait(false);
        }
        else if (!IsAllowed(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(
                context, StatusCodes.Status401Unauthorized,
                $"Missing or wrong token: send 'Authorization: Bearer TOKEN' with the token in the home folder's {EndpointFile.Name}, or localrecall.http.token of host.conf.").ConfigureAwait(false);
        }
        else if (context.GetEndpoint() is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no {context.Request.Path}.").ConfigureAwait(false);
        }
        else if (!traffic.TryEnter())
        {
            context.Response.Headers.Connection = "close";
            await context.WriteErrorAsync(HttpFailure.Of(RequestFailed.HostStops(Guid.Empty).ToReply(Guid.Empty))).ConfigureAwait(false);
        }
        else
        {
            try
            {
                await AnswerAsync(context, next).ConfigureAwait(false);
            }
            finally
            {
                traffic.Leave();
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client has gone; nobody waits for an answer.
        }
        catch (HttpFailure e) when (!context.Response.HasStarted)
        {
            await context.WriteErrorAsync(e).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Failed(log, context.Request.Method, context.Request.Path, e);
            await RefuseAsync(
                context, StatusCodes.Status500InternalServerError, "The host met something it did not expect; its log says more.").ConfigureAwait(false);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string message) => context.WriteErrorAsync(new HttpFailure(status, message));

    private static bool IsThisMachine(HostString host) =>
        host.Host is "127.0.0.1" or "[::1]" || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsFromThisMachine(HttpRequest request) =>
        request.Headers.Origin is not [_, ..] origins || origins.All(origin =>
            Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && IsThisMachine(new HostString(uri.Authority)));

    private bool IsAllowed(HttpContext context)
    {
        EndpointMetadataCollection? metadata = context.GetEndpoint()?.Metadata;
        return metadata?.GetMetadata<OpenToAll>() is not null ||
            (context.Connection.LocalPort == ollamaPort && metadata?.GetMetadata<OpenOnOllamaPort>() is not null) ||
            HasToken(context.Request);
    }

    private bool HasToken(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] shown = Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim());
        return _tokens.Aggregate(false, (found, token) => found | CryptographicOperations.FixedTimeEquals(token, shown));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Failed(ILogger log, string method, string path, Exception e);
}
