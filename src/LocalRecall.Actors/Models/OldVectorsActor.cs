using Akka.Actor;
using LocalRecall.Actors.Requests;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Models;

/// <summary>Has vectors deleted that no model needs any more, some at a time so that other writes need not wait, until none is left.</summary>
internal sealed class OldVectorsActor : ReceiveActor
{
    private const int VectorsAtOnce = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly IActorRef _index;

    public OldVectorsActor(IActorRef index)
    {
        _index = index;
        Receive<OldVectorsDropped>(dropped =>
        {
            if (dropped.Dropped > 0)
            {
                DropMore();
            }
            else
            {
                Context.Stop(Self);
            }
        });
        Receive<RequestFailed>(_ => Context.Stop(Self)); // the next change, or the next host, has it done
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
    }

    public static Props CreateProps(IActorRef index) => Props.Create(() => new OldVectorsActor(index));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(Patience);
        DropMore();
    }

    private void DropMore() => _index.Tell(new DropOldVectors(Guid.NewGuid(), VectorsAtOnce));
}
