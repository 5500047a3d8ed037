using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Akka.Configuration;
using LocalRecall.Host.Http;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Tests.Actors;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

/// <summary>The host's actors with the HTTP server before them, on free ports of this machine.</summary>
public abstract class HttpTest(Config? over = null) : HostTest(over), IAsyncLifetime
{
    protected const string Token = "secret";
    protected const string StayingToken = "stays";

    private WebApplication _application = null!;

    internal HttpTraffic Traffic { get; } = new();

    /// <summary>Where all is served, with a token.</summary>
    internal HttpClient Client { get; private set; } = null!;

    /// <summary>Where Ollama's endpoints need none.</summary>
    internal HttpClient Ollama { get; private set; } = null!;

    internal IPEndPoint Address { get; private set; } = null!;

    internal HttpModels Models { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        HttpSettings settings = HttpSettings.From(Sys.Settings.Config.GetConfig("localrecall")) with { OllamaPort = FreePort(), Token = StayingToken };
        var sockets = new HttpSockets(settings, NullLogger<HttpSockets>.Instance);
        var gateway = new HttpGateway(Host.Gateway, TimeProvider.System, settings, Traffic, Home);
        var guard = new HttpGuard([Token, StayingToken], sockets.Ollama!.Port, Traffic, NullLogger.Instance);
        Models = new HttpModels(() => ModelManifest.BuiltIn, _ => Home, settings.ModelWidths);
        _application = HttpApplication.Build(sockets, gateway, Models, new PrometheusMetrics(Meters), guard, NullLoggerFactory.Instance);
        await _application.StartAsync();
        Address = sockets.Main!;
        Client = NewClient();
        Ollama = new HttpClient { BaseAddress = new Uri(sockets.OllamaAddress!) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Ollama.Dispose();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    /// <summary>A client with connections of its own.</summary>
    internal HttpClient NewClient() => new()
    {
        BaseAddress = new Uri($"http://{Address}"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) },
    };

    internal async Task<HttpAnswer> PostAsync(string path, string json, HttpClient? client = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await HttpAnswer.OfAsync(await (client ?? Client).SendAsync(request));
    }

    internal async Task<HttpAnswer> GetAsync(string path, HttpClient? client = null) => await HttpAnswer.OfAsync(await (client ?? Client).GetAsync(path));

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}

/// <summary>An answer that has been read.</summary>
internal sealed record HttpAnswer(int Status, string Text, HttpResponseMessage Message)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public static async Task<HttpAnswer> OfAsync(HttpResponseMessage message) => new((int)message.StatusCode, await message.Content.ReadAsStringAsync(), message);
}
