using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Models.ModelsProtocol;

namespace LocalRecall.Actors.Models;

/// <summary>Lists models and changes which one is in force: a child per request, one change at a time. Has vectors deleted that are no longer to be kept.</summary>
public sealed class ModelsActor : RequestCoordinator
{
    private readonly ModelPorts _ports;
    private readonly List<IActorRef> _turns = [];
    private IActorRef _cleanUp = ActorRefs.Nobody;

    public ModelsActor(ModelPorts ports, RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
        _ports = ports;
        Serve<ListModels>(request => ListModelsActor.CreateProps(request, ports));
        Serve<UseModel>(request => UseModelActor.CreateProps(request, ports));
        Serve<CheckModels>(request => CheckModelsActor.CreateProps(request, ports));
        Receive<AwaitTurn>(_ => OnAwaitTurn());
    }

    public static Props CreateProps(ModelPorts ports, RequestLimits limits, HostMetrics metrics) => Props.Create(() => new ModelsActor(ports, limits, metrics));

    protected override int OpenWork => base.OpenWork + (_cleanUp.IsNobody() ? 0 : 1);

    /// <summary>The last host may have been killed before it had deleted all.</summary>
    protected override void PreStart()
    {
        CleanUp();
        if (_ports.ChecksForms && _ports.Models.Catalog.LastCheck is null)
        {
            Context.ActorOf(ChooseFormActor.CreateProps(_ports));
        }
    }

    protected override void OnClosed(IActorRef child)
    {
        if (_turns.IndexOf(child) is >= 0 and var at)
        {
            _turns.RemoveAt(at);
            if (at == 0 && _turns.Count > 0)
            {
                _turns[0].Tell(TurnCame.Instance);
            }

            CleanUp();
        }
    }

    protected override void OnChildStopped(Terminated terminated)
    {
        if (terminated.ActorRef.Equals(_cleanUp))
        {
            _cleanUp = ActorRefs.Nobody;
        }
        else
        {
            base.OnChildStopped(terminated);
        }
    }

    private void OnAwaitTurn()
    {
        if (!IsOpen(Sender))
        {
            return; // nobody waits for it any more
        }

        _turns.Add(Sender);
        if (_turns.Count == 1)
        {
            Sender.Tell(TurnCame.Instance);
        }
    }

    private void CleanUp()
    {
        if (_cleanUp.IsNobody())
        {
            _cleanUp = Context.Watch(Context.ActorOf(OldVectorsActor.CreateProps(_ports.Index)));
        }
    }
}

/// <summary>What the model actors work with.</summary>
/// <param name="ChecksForms">The forms of the model are checked when the host starts, if they were not before.</param>
public sealed record ModelPorts(IActorRef Index, IActorRef Embedding, ModelInForce Models, bool ChecksForms = false);
