using Akka.Actor;
using LocalRecall.Actors.Requests;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static LocalRecall.Actors.Mcp.McpProtocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>
/// One agent session, spoken to through the SDK's server. A session that another host has begun is begun again, by the request that opened
/// it; the agent sees nothing of that.
/// </summary>
internal sealed class FacadeActor : ReceiveActor, IWithUnboundedStash
{
    private readonly SessionTransport _transport = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly McpServer _server;

    /// <summary>Who waits, and for which request.</summary>
    private readonly Dictionary<IActorRef, RequestId> _waiting = [];

    public FacadeActor(RecallServer recall)
    {
        _server = McpServer.Create(_transport, recall.Options);
        Become(New);
    }

    public IStash Stash { get; set; } = null!;

    public static Props CreateProps(RecallServer recall) => Props.Create(() => new FacadeActor(recall));

    protected override void PreStart() =>
        _server.RunAsync(_stopping.Token).PipeTo(Self, success: () => new ServerEnded(null), failure: e => new ServerEnded(e));

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void New()
    {
        Receive<HandleLine>(handle =>
        {
            if (handle.Line.Opening.Length > 0 && JsonRpc.Read(handle.Line.Opening, out _) is JsonRpcRequest opening)
            {
                _transport.Receive(opening, new LineTransport(Self, Self, handle.Line, handle.Client));
                Stash.Stash();
                Become(Reopening);
            }
            else
            {
                Become(Ready);
                OnLine(handle);
            }
        });
        Receive<ServerEnded>(OnServerEnded);
    }

    private void Reopening()
    {
        Receive<Answered>(_ =>
        {
            Become(Ready);
            Stash.UnstashAll();
        });
        Receive<HandleLine>(_ => Stash.Stash());
        Receive<ServerEnded>(OnServerEnded);
    }

    private void Ready()
    {
        Receive<HandleLine>(OnLine);
        Receive<Answered>(answered => Answer(answered.Line, answered.Json));
        Receive<Terminated>(gone => GiveUp(gone.ActorRef));
        Receive<ServerEnded>(OnServerEnded);
    }

    private void OnLine(HandleLine handle)
    {
        switch (JsonRpc.Read(handle.Line.Json, out JsonRpcError? problem))
        {
            case JsonRpcRequest request:
                _waiting[Context.Watch(Sender)] = request.Id;
                _transport.Receive(request, new LineTransport(Self, Sender, handle.Line, handle.Client));
                break;
            case JsonRpcNotification notification:
                _transport.Receive(notification, null);
                AnswerCancelled(notification);
                Sender.Tell(new LineAnswered(""));
                break;
            default: // nothing is asked of agents, so no response can be one to us
                Sender.Tell(new LineAnswered(problem is null ? "" : JsonRpc.Write(problem)));
                break;
        }
    }

    private void Answer(IActorRef line, string json)
    {
        if (_waiting.Remove(line))
        {
            Context.Unwatch(line);
            line.Tell(new LineAnswered(json));
        }
    }

    /// <summary>The SDK says nothing to a request that the agent takes back; who carries it waits all the same.</summary>
    private void AnswerCancelled(JsonRpcNotification notification)
    {
        if (notification.Method == NotificationMethods.CancelledNotification && JsonRpc.CancelledIdOf(notification) is { } id)
        {
            foreach (IActorRef line in _waiting.Where(pair => pair.Value == id).Select(pair => pair.Key).ToArray())
            {
                Answer(line, "");
            }
        }
    }

    /// <summary>Nobody waits any more.</summary>
    private void GiveUp(IActorRef line)
    {
        if (_waiting.Remove(line, out RequestId id))
        {
            _transport.Receive(JsonRpc.Cancelled(id), null);
        }
    }

    private static void OnServerEnded(ServerEnded ended) => throw new InvalidOperationException("The session's MCP server has ended.", ended.Cause);

    private sealed record ServerEnded(Exception? Cause) : IInternalMessage;
}
