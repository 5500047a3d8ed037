using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Hooks.HooksProtocol;

namespace LocalRecall.Actors.Hooks;

/// <summary>Tells agents what they should know: a child per hook that asks.</summary>
public sealed class HooksActor : RequestCoordinator
{
    private readonly Dictionary<string, List<IActorRef>> _turns = [];

    public HooksActor(HookPorts ports, InjectionSettings settings, RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
        Serve<FindContext>(request => request.Request.Hook.Event == AgentEvents.SessionStart
            ? SessionContextActor.CreateProps(request, ports, settings)
            : PromptContextActor.CreateProps(request, ports, settings));
        Receive<AwaitTurn>(OnAwaitTurn);
    }

    public static Props CreateProps(HookPorts ports, InjectionSettings settings, RequestLimits limits, HostMetrics metrics) =>
        Props.Create(() => new HooksActor(ports, settings, limits, metrics));

    protected override void OnClosed(IActorRef child)
    {
        foreach ((string session, List<IActorRef> waiting) in _turns.Where(turn => turn.Value.Contains(child)).ToList())
        {
            bool hadTurn = waiting[0].Equals(child);
            waiting.Remove(child);
            if (waiting.Count == 0)
            {
                _turns.Remove(session);
            }
            else if (hadTurn)
            {
                waiting[0].Tell(TurnCame.Instance);
            }
        }
    }

    private void OnAwaitTurn(AwaitTurn wish)
    {
        if (!IsOpen(Sender))
        {
            return; // nobody waits for it any more
        }

        if (!_turns.TryGetValue(wish.Session, out List<IActorRef>? waiting))
        {
            _turns.Add(wish.Session, waiting = []);
        }

        waiting.Add(Sender);
        if (waiting.Count == 1)
        {
            Sender.Tell(TurnCame.Instance);
        }
    }
}

/// <summary>What the hook actors work with.</summary>
public sealed record HookPorts(IActorRef Index, IActorRef Query, IActorRef Embedding);
