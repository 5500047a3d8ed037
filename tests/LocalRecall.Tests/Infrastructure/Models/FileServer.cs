using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Tests.Infrastructure.Models;

/// <summary>A web server on 127.0.0.1 that serves bytes from memory, as well or as badly as a test asks.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Range)> _requests = new();

    private FileServer(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>Answers to the next requests, instead of the file; each is used once.</summary>
    public ConcurrentQueue<Func<HttpContext, byte[], Task>> Instead { get; } = new();

    public bool SupportsRange { get; set; } = true;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Paths and Range headers, in the order they came.</summary>
    public IReadOnlyList<(string Path, string Range)> Requests => [.. _requests];

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FileServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Sends the first half of the file, waits, and breaks the connection.</summary>
    public static Func<HttpContext, byte[], Task> Half(Task until) => async (context, content) =>
    {
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
        await context.Response.Body.FlushAsync();
        await until;
        context.Abort();
    };

    public static Func<HttpContext, byte[], Task> Status(int status) => (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _requests.Enqueue((path, context.Request.Headers.Range.ToString()));
        if (!Files.TryGetValue(path, out var content))
            context.Response.StatusCode = 404;
        else if (Instead.TryDequeue(out var instead))
            await instead(context, content);
        else
            await Results.Bytes(content, enableRangeProcessing: SupportsRange).ExecuteAsync(context);
    }
}
