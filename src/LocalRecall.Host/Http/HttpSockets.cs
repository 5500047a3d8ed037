using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host.Http;

/// <summary>
/// What the HTTP server listens on, of this machine only. Bound before the server is there, which takes a moment: so the endpoint file can
/// say at once where it will be, and who comes too early waits in the sockets' queues.
/// </summary>
internal sealed partial class HttpSockets : IDisposable
{
    private const int Backlog = 512;

    private readonly Socket? _main;
    private readonly Socket? _ollama;

    public HttpSockets(HttpSettings settings, ILogger<HttpSockets> log)
    {
        if (!settings.Enabled)
        {
            return;
        }

        _main = TryBind(settings.Port);
        if (_main is null)
        {
            PortTaken(log, settings.Port);
            _main = TryBind(0);
        }

        if (settings.OllamaPort != 0)
        {
            _ollama = TryBind(settings.OllamaPort);
            if (_ollama is null)
            {
                OllamaPortTaken(log, settings.OllamaPort);
            }
        }
    }

    /// <summary>Null: HTTP is off.</summary>
    public IPEndPoint? Main => (IPEndPoint?)_main?.LocalEndPoint;

    /// <summary>Where Ollama's endpoints need no token.</summary>
    public IPEndPoint? Ollama => (IPEndPoint?)_ollama?.LocalEndPoint;

    public string? Address => AddressOf(Main);

    public string? OllamaAddress => AddressOf(Ollama);

    public Socket SocketOf(EndPoint endpoint) => endpoint.Equals(Ollama) ? _ollama! : _main!;

    public void Dispose()
    {
        _main?.Dispose();
        _ollama?.Dispose();
    }

    private static string? AddressOf(IPEndPoint? endpoint) => endpoint is null ? null : $"http://{endpoint}";

    /// <summary>Null: the port is not to be had.</summary>
    private static Socket? TryBind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException) when (port != 0)
        {
            socket.Dispose();
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Port {Port} for HTTP (localrecall.http.port) can't be had; another one is used, which recall status shows")]
    private static partial void PortTaken(ILogger log, int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "Port {Port} for Ollama's endpoints (localrecall.http.ollama-port) can't be had, perhaps because Ollama itself runs; they are served beside the others, with a token")]
    private static partial void OllamaPortTaken(ILogger log, int port);
}
