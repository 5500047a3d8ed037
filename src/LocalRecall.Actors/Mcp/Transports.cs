using System.Threading.Channels;
using Akka.Actor;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using ModelContextProtocol.Protocol;
using static LocalRecall.Actors.Mcp.McpProtocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>What the SDK's server of one session reads from. It has nobody to speak to but those who asked, see <see cref="LineTransport"/>.</summary>
internal sealed class SessionTransport : ITransport
{
    private readonly Channel<JsonRpcMessage> _messages = Channel.CreateUnbounded<JsonRpcMessage>(new UnboundedChannelOptions { SingleReader = true });

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => _messages.Reader;

    /// <param name="line">Who gets the answer; null: nobody waits for one.</param>
    public void Receive(JsonRpcMessage message, LineTransport? line)
    {
        message.Context = new JsonRpcMessageContext { RelatedTransport = line };
        _messages.Writer.TryWrite(message);
    }

    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _messages.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Takes the answer to one message to who waits for it. Every handler finds it, and with it what is known of the request, at its message.</summary>
/// <param name="facade">Told by <see cref="McpProtocol.Answered"/>.</param>
internal sealed class LineTransport(IActorRef facade, IActorRef line, McpLine request, ClientId client) : ITransport
{
    public McpLine Request { get; } = request;

    public ClientId Client { get; } = client;

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => throw new NotSupportedException("Messages come by the session's transport.");

    /// <summary>The host stops; the next one does it.</summary>
    public void GiveBack() => line.Tell(LineGivenBack.Instance);

    /// <summary>Anything but the answer, such as progress, has no way to the agent.</summary>
    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        if (message is JsonRpcResponse or JsonRpcError)
        {
            facade.Tell(new Answered(line, JsonRpc.Write(message)), ActorRefs.NoSender);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
