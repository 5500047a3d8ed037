using Akka.Actor;
using LocalRecall.Actors.Ingest;
using LocalRecall.Actors.Requests;
using static LocalRecall.Actors.Lifecycle.LifecycleProtocol;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>Asks what goes on in the host, tells its parent whether that needs it, and stops. Says nothing if somebody does not answer.</summary>
internal sealed class NeedActor : ReceiveActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LifecyclePorts _ports;
    private int _unanswered;
    private bool _needed;

    public NeedActor(LifecyclePorts ports, bool watchingKeepsAlive)
    {
        _ports = ports;
        _unanswered = ports.Coordinators.Count + 1;
        Receive<WorkOpen>(open => Note(open.Count > 0));
        Receive<IngestProtocol.Watched>(watched => Note(watchingKeepsAlive && watched.Folders.Count > 0));
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
    }

    public static Props CreateProps(LifecyclePorts ports, bool watchingKeepsAlive) => Props.Create(() => new NeedActor(ports, watchingKeepsAlive));

    protected override void PreStart()
    {
        foreach (IActorRef coordinator in _ports.Coordinators)
        {
            coordinator.Tell(GetOpenWork.Instance);
        }

        _ports.Ingest.Tell(new IngestProtocol.GetWatched(Guid.NewGuid()));
        Context.SetReceiveTimeout(Patience);
    }

    private void Note(bool needed)
    {
        _needed |= needed;
        _unanswered--;
        if (_unanswered == 0)
        {
            Context.Parent.Tell(new NeedFound(_needed));
            Context.Stop(Self);
        }
    }
}
