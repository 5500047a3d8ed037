using Akka.Actor;
using LocalRecall.Actors.Requests;
using ModelContextProtocol.Protocol;
using static LocalRecall.Actors.Mcp.McpProtocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>
/// One agent session, spoken to through the SDK's servers. A session that another host has begun is begun again, by the request that opened
/// it; the agent sees nothing of that.
/// </summary>
internal sealed class FacadeActor : ReceiveActor, IWithUnboundedStash
{
    private readonly RecallServer _recall;

    /// <summary>Who waits, and for which request.</summary>
    private readonly Dictionary<IActorRef, RequestId> _waiting = [];

    /// <summary>For revisions with a handshake, and for those without: a server of the SDK keeps to what its first message was. Null: not needed yet.</summary>
    private SdkServer? _handshaking;

    private SdkServer? _stateless;

    public FacadeActor(RecallServer recall)
    {
        _recall = recall;
        Become(New);
    }

    public IStash Stash { get; set; } = null!;

    public static Props CreateProps(RecallServer recall) => Props.Create(() => new FacadeActor(recall));

    protected override void PostStop()
    {
        _handshaking?.Dispose();
        _stateless?.Dispose();
    }

    private void New()
    {
        Receive<HandleLine>(handle =>
        {
            if (handle.Line.Opening.Length > 0 && JsonRpc.Read(handle.Line.Opening, out _) is JsonRpcRequest opening)
            {
                ServerOf(opening).Receive(opening, new LineTransport(Self, Self, handle.Line, handle.Client));
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
        switch (JsonRpc.Read(handle.Line.Json, out string problem))
        {
            case JsonRpcRequest request:
                _waiting[Context.Watch(Sender)] = request.Id;
                ServerOf(request).Receive(request, new LineTransport(Self, Sender, handle.Line, handle.Client));
                break;
            case JsonRpcNotification notification:
                TellServers(notification);
                AnswerCancelled(notification);
                Sender.Tell(new LineAnswered(""));
                break;
            default: // nothing is asked of agents, so no response can be one to us
                Sender.Tell(new LineAnswered(problem));
                break;
        }
    }

    private SdkServer ServerOf(JsonRpcRequest request) => JsonRpc.IsStateless(request) ? _stateless ??= Begin() : _handshaking ??= Begin();

    private SdkServer Begin()
    {
        var server = new SdkServer(_recall.Options);
        server.Ended.PipeTo(Self, success: () => new ServerEnded(null), failure: e => new ServerEnded(e));
        return server;
    }

    private void TellServers(JsonRpcNotification notification)
    {
        _handshaking?.Receive(notification, null);
        _stateless?.Receive(notification, null);
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
            TellServers(JsonRpc.Cancelled(id));
        }
    }

    private static void OnServerEnded(ServerEnded ended) => throw new InvalidOperationException("The session's MCP server has ended.", ended.Cause);

    private sealed record ServerEnded(Exception? Cause) : IInternalMessage;
}
