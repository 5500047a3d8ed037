using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Query;

/// <summary>Has the whole index file checked.</summary>
internal sealed class CheckActor : RequestActor<CheckIntegrity>
{
    private const int MaxProblems = 100;

    private readonly QueryPorts _ports;

    public CheckActor(Authorized<CheckIntegrity> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<IndexProtocol.StoreChecked>(check => Finish(new IntegrityReport(RequestId, [.. check.Problems.Take(MaxProblems)])));
    }

    public static Props CreateProps(Authorized<CheckIntegrity> request, QueryPorts ports) => Props.Create(() => new CheckActor(request, ports));

    protected override void Start() => _ports.Index.Tell(new IndexProtocol.CheckStore(RequestId));
}
