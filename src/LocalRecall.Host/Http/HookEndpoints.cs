using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LocalRecall.Host.Http;

/// <summary>
/// <c>POST /hooks</c>: what <c>recall hook</c> does, for agents that can call instead of spawn. The same body; the agent and the event may
/// be named in the query (<c>?agent=…&amp;event=…</c>). Answers with what the hook would print, or with nothing.
/// </summary>
internal static class HookEndpoints
{
    /// <summary>An agent that starts nothing can still pass on that its session has opted out: the value of <see cref="OptOut.Variable"/>.</summary>
    public const string OffHeader = "X-LocalRecall-Off";

    public static void Map(IEndpointRouteBuilder endpoints, HttpGateway gateway) => endpoints.MapPost("/hooks", context => PostAsync(context, gateway));

    private static async Task PostAsync(HttpContext context, HttpGateway gateway)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        HookInput? hook = HookReader.Read(
            body.GetBuffer().AsSpan(0, (int)body.Length), context.Request.Query["agent"], context.Request.Query["event"], null, gateway.Time.GetUtcNow());
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (hook is null || OptOut.Says(context.Request.Headers[OffHeader]) || OptOut.Covers(hook.Cwd))
        {
            return;
        }

        HookTrace.Note(gateway.Home, hook.Agent, hook.Event);
        if (!AgentEvents.Asks(hook.Event))
        {
            await RecordAsync(gateway.Home, hook).ConfigureAwait(false);
            await AskAsync(header => new NoteSpool(header)).ConfigureAwait(false);
        }
        else if (await AskAsync(header => new FindContext(header, hook)).ConfigureAwait(false) is ContextFound { Context.Length: > 0 } found)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            await context.WriteJsonAsync(HookWriter.Write(hook.Agent, hook.Event, found.Context)).ConfigureAwait(false);
        }

        // A refusal is nothing to tell an agent that waits.
        Task<IReply> AskAsync(Func<RequestHeader, IRequest> request) =>
            gateway.ClientOf(context).AskAsync(request, AgentEvents.LimitOf(hook.Event), context.RequestAborted);
    }

    /// <summary>Not on the server's own thread: it waits for the disk.</summary>
    private static async Task RecordAsync(string home, HookInput hook)
    {
        try
        {
            await Task.Run(() => HookSpool.Write(home, hook)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HttpFailure(StatusCodes.Status503ServiceUnavailable, $"The hook can't be recorded: {e.Message}");
        }
    }
}
