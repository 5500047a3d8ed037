using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LocalRecall.Actors.Mcp;

/// <summary>One of the SDK's servers, with what it reads from.</summary>
internal sealed class SdkServer : IDisposable
{
    private readonly SessionTransport _transport = new();
    private readonly CancellationTokenSource _stopping = new();

    public SdkServer(McpServerOptions options) => Ended = McpServer.Create(_transport, options).RunAsync(_stopping.Token);

    /// <summary>Never, before it is disposed of.</summary>
    public Task Ended { get; }

    /// <param name="line">Who gets the answer; null: nobody waits for one.</param>
    public void Receive(JsonRpcMessage message, LineTransport? line) => _transport.Receive(message, line);

    /// <summary>Cancels what is under way.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}
