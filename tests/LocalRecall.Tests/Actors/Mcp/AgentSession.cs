using System.Text.Json;
using System.Threading.Channels;
using Akka.Actor;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>What the shim does: carries an agent's lines to the host and the answers back. Also the SDK's client's transport.</summary>
internal sealed class AgentSession(Func<IActorRef> gateway, string? project = null) : IClientTransport, ITransport
{
    private readonly Channel<JsonRpcMessage> _answers = Channel.CreateUnbounded<JsonRpcMessage>();
    private string _opening = "";

    public Guid Id { get; init; } = Guid.NewGuid();

    public ClientId Client { get; init; } = new("agent-" + Guid.NewGuid().ToString("N"));

    public string Name => "actors";

    public string? SessionId => null;

    public ChannelReader<JsonRpcMessage> MessageReader => _answers.Reader;

    /// <summary>Everything that came back, as it came.</summary>
    public List<string> Answers { get; } = [];

    public async Task<IReply> SendAsync(string json, Guid? requestId = null, TimeSpan? timeout = null)
    {
        string opening = _opening;
        if (json.Contains("\"initialize\"", StringComparison.Ordinal))
        {
            _opening = json;
        }

        return await new LocalClient(gateway(), Client, TimeProvider.System)
            .AskAsync(header => new McpLine(header, Id, opening, project, json), timeout ?? TimeSpan.FromSeconds(30), CancellationToken.None, requestId);
    }

    /// <summary>The answer's JSON.</summary>
    public async Task<string> AskAsync(string json, Guid? requestId = null) => ((McpAnswered)await SendAsync(json, requestId)).Json;

    /// <summary>The result of a request, or its error.</summary>
    public async Task<JsonElement> RequestAsync(string method, string parameters = "{}", int id = 1)
    {
        string answer = await AskAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        JsonElement root = JsonDocument.Parse(answer).RootElement;
        return root.TryGetProperty("result", out JsonElement result) ? result : root.GetProperty("error");
    }

    public Task<JsonElement> InitializeAsync(string revision = "2025-11-25") => RequestAsync(
        "initialize", $$$"""{"protocolVersion":"{{{revision}}}","capabilities":{},"clientInfo":{"name":"test","version":"1"}}""", 0);

    public Task<McpClient> ConnectClientAsync(string? revision = null) => McpClient.CreateAsync(this, new McpClientOptions { ProtocolVersion = revision });

    public Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) => Task.FromResult<ITransport>(this);

    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        _ = CarryAsync(JsonSerializer.Serialize(message, McpJsonUtilities.DefaultOptions));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _answers.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task CarryAsync(string json)
    {
        string answer = await AskAsync(json);
        lock (Answers)
        {
            Answers.Add(answer);
        }

        if (answer.Length > 0)
        {
            _answers.Writer.TryWrite(JsonSerializer.Deserialize<JsonRpcMessage>(answer, McpJsonUtilities.DefaultOptions)!);
        }
    }
}
