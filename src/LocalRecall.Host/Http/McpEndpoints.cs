using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Mcp;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary>
/// MCP over Streamable HTTP at <c>/mcp</c>, all answers as JSON: the host has nothing to say unasked. Serves the revisions that begin with
/// <c>initialize</c> and have sessions, and those that have none.
/// </summary>
internal static class McpEndpoints
{
    /// <summary>Agents wait for a minute by default; what the matter is reaches them before.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(55);

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway)
    {
        var ended = new EndedSessions();
        RouteGroupBuilder mcp = endpoints.MapGroup("").WithMetadata(JsonRpcErrors.Instance, LineLimit.Instance);
        mcp.MapPost("/mcp", context => PostAsync(context, gateway, ended));
        mcp.MapDelete("/mcp", context => DeleteAsync(context, ended));
    }

    private static async Task PostAsync(HttpContext context, HttpGateway gateway, EndedSessions ended)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new HttpFailure(StatusCodes.Status415UnsupportedMediaType, "A message has the content type application/json.");
        }

        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        ReadOnlyMemory<byte> json = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        JsonRpcMessage message = JsonRpcMessage.Read(json.Span);
        if (message.Kind is JsonRpcKind.NoJson or JsonRpcKind.Invalid)
        {
            await RefuseAsync(context, message.Id, StatusCodes.Status400BadRequest, message.Kind == JsonRpcKind.NoJson
                ? new McpRefusal(JsonRpcError.ParseError, "The body is no JSON.")
                : new McpRefusal(JsonRpcError.InvalidRequest, "The body is no JSON-RPC message.")).ConfigureAwait(false);
            return;
        }

        using JsonDocument body = JsonDocument.Parse(json);
        if (McpHttpRules.Check(context.Request.Headers, message, body.RootElement) is { } refusal)
        {
            await RefuseAsync(context, message.Id, refusal.Status, refusal).ConfigureAwait(false);
            return;
        }

        bool begins = message is { Kind: JsonRpcKind.Request, Method: "initialize" };
        string given = begins ? "" : context.Request.Headers[McpHttpRules.SessionHeader].ToString();
        McpSessionId? session = given.Length > 0 ? McpSessionId.TryParse(given)
            : begins ? McpSessionId.Begin(body.RootElement)
            : new McpSessionId(OfConnection(context), "");
        if (session is not { } known || ended.Contains(known.Id))
        {
            await RefuseAsync(context, message.Id, StatusCodes.Status404NotFound, UnknownSession).ConfigureAwait(false);
            return;
        }

        string text = Encoding.UTF8.GetString(json.Span);
        IReply reply = await gateway.ClientOf(context).AskAsync(
            header => new McpLine(header, known.Id, begins ? "" : known.Opening, Project: null, text), CallLimit, context.RequestAborted).ConfigureAwait(false);
        string answer = reply is McpAnswered answered ? answered.Json
            : message.Kind == JsonRpcKind.Request ? JsonRpcError.Of(message.Id, ((Failure)reply).Code, ((Failure)reply).Message)
            : "";
        if (answer.Length == 0)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        int errorCode = ErrorCodeOf(answer);
        if (begins && errorCode == 0)
        {
            context.Response.Headers[McpHttpRules.SessionHeader] = known.ToString();
        }

        await WriteAsync(context, McpHttpRules.IsSessionless(context.Request.Headers) ? McpHttpRules.StatusOf(errorCode) : StatusCodes.Status200OK, answer).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(HttpContext context, EndedSessions ended)
    {
        string given = context.Request.Headers[McpHttpRules.SessionHeader].ToString();
        if (McpHttpRules.IsSessionless(context.Request.Headers) || given.Length == 0)
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            throw new HttpFailure(StatusCodes.Status405MethodNotAllowed, "There is no session to end.");
        }

        if (McpSessionId.TryParse(given) is { } session && ended.Add(session.Id))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await RefuseAsync(context, null, StatusCodes.Status404NotFound, UnknownSession).ConfigureAwait(false);
    }

    private static McpRefusal UnknownSession => new(-32001, "There is no such session; begin a new one."); // -32001 is what others say, too

    /// <summary>Who has no session is one as long as the connection lasts, on which there is one request at a time.</summary>
    private static Guid OfConnection(HttpContext context) => new(SHA256.HashData(Encoding.UTF8.GetBytes(context.Connection.Id)).AsSpan(0, 16));

    /// <summary>0: it is no error.</summary>
    private static int ErrorCodeOf(string answer)
    {
        using JsonDocument json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetInt32() : 0;
    }

    private static Task RefuseAsync(HttpContext context, string? id, int status, McpRefusal refusal) =>
        WriteAsync(context, status, JsonRpcError.Of(id, refusal.Code, refusal.Message, refusal.Data));

    private static async Task WriteAsync(HttpContext context, int status, string json)
    {
        byte[] body = Encoding.UTF8.GetBytes(json);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private sealed class LineLimit : IRequestSizeLimitMetadata
    {
        public static readonly LineLimit Instance = new();

        public long? MaxRequestBodySize => WireLimits.MaxMcpBytes;
    }

    /// <summary>The sessions that clients have ended; the oldest are forgotten.</summary>
    private sealed class EndedSessions
    {
        private const int Capacity = 1024;

        private readonly Lock _lock = new();
        private readonly HashSet<Guid> _ended = [];
        private readonly Queue<Guid> _order = [];

        public bool Contains(Guid session)
        {
            lock (_lock)
            {
                return _ended.Contains(session);
            }
        }

        /// <summary>False: it was ended before.</summary>
        public bool Add(Guid session)
        {
            lock (_lock)
            {
                if (!_ended.Add(session))
                {
                    return false;
                }

                _order.Enqueue(session);
                if (_order.Count > Capacity)
                {
                    _ended.Remove(_order.Dequeue());
                }

                return true;
            }
        }
    }
}

/// <summary>A JSON-RPC error response of no request.</summary>
internal sealed class JsonRpcErrors : IErrorShape
{
    public static readonly JsonRpcErrors Instance = new();

    public void Write(Utf8JsonWriter json, HttpFailure failure) =>
        json.WriteRawValue(failure.Code is { } code
            ? JsonRpcError.Of(null, code, failure.Message)
            : JsonRpcError.Of(null, failure.Status < StatusCodes.Status500InternalServerError ? JsonRpcError.InvalidRequest : JsonRpcError.InternalError, failure.Message));
}
