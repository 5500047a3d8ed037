using System.Text;
using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Mcp;
using LocalRecall.Contracts.Messages;
using static LocalRecall.Actors.Mcp.McpProtocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>One message of an agent: brings it to its session's facade. Whatever happens, the agent gets an answer in its own protocol.</summary>
internal sealed class LineActor : RequestActor<McpLine>
{
    private IActorRef? _facade;
    private bool _triedAgain;

    public LineActor(Authorized<McpLine> request)
        : base(request)
    {
        Receive<FacadeFound>(found =>
        {
            _facade = Context.Watch(found.Facade);
            _facade.Tell(new HandleLine(Request, Client));
        });
        Receive<LineAnswered>(answered => Answer(answered.Json));
        Receive<LineGivenBack>(_ => GiveBack());
        Receive<Terminated>(OnFacadeGone, gone => gone.ActorRef.Equals(_facade));
    }

    public static Props CreateProps(Authorized<McpLine> request) => Props.Create(() => new LineActor(request));

    protected override void Start()
    {
        if (Encoding.UTF8.GetByteCount(Request.Json) > WireLimits.MaxMcpBytes)
        {
            AnswerError(FailureCode.TooLarge, $"A message may have {WireLimits.MaxMcpBytes} bytes.");
        }
        else
        {
            Context.Parent.Tell(new FindFacade(Request.Session, Client, null));
        }
    }

    protected override void OnDeadline() => AnswerError(FailureCode.Expired, "The time was up before this was done.");

    /// <summary>Another does it: what a tool asks for has the same id again, so it is not done twice. Once only, should the message itself be what it can't stand.</summary>
    private void OnFacadeGone(Terminated gone)
    {
        if (_triedAgain)
        {
            AnswerError(FailureCode.Internal, "The session's server failed at this; the host's log says why.");
            return;
        }

        _triedAgain = true;
        Context.Parent.Tell(new FindFacade(Request.Session, Client, gone.ActorRef));
    }

    private void Answer(string json)
    {
        var answer = new McpAnswered(RequestId, json);
        if (MessageCodec.SizeOf(answer) > WireLimits.MaxMessageBytes)
        {
            AnswerError(FailureCode.TooLarge, "The answer is too long; ask for less at once.");
        }
        else
        {
            Finish(answer);
        }
    }

    private void AnswerError(FailureCode code, string message)
    {
        JsonRpcMessage asked = JsonRpcMessage.Read(Encoding.UTF8.GetBytes(Request.Json));
        string json = asked.Kind is JsonRpcKind.Notification or JsonRpcKind.Response ? "" : JsonRpcError.Of(asked.Id, code, message);
        var answer = new McpAnswered(RequestId, json);
        Finish(MessageCodec.SizeOf(answer) > WireLimits.MaxMessageBytes ? new Failure(RequestId, FailureCode.TooLarge, "The message's id is too long.") : answer);
    }
}
