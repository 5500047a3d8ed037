using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Query;

/// <summary>Lists memories, a page that fits a message at a time.</summary>
internal sealed class ListActor : RequestActor<ListMemories>
{
    private const int MaxLimit = 500;

    private readonly QueryPorts _ports;
    private SearchFilter? _filter;
    private int _limit;

    public ListActor(Authorized<ListMemories> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<IndexProtocol.StoredListed>(OnListed);
    }

    public static Props CreateProps(Authorized<ListMemories> request, QueryPorts ports) => Props.Create(() => new ListActor(request, ports));

    protected override void Start()
    {
        _filter = Request.Filter.ToFilter(out string problem);
        if (_filter is null)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, problem));
            return;
        }

        _limit = Math.Clamp(Request.Limit, 1, MaxLimit);
        AskForPage();
    }

    private void AskForPage() => _ports.Index.Tell(new IndexProtocol.ListStored(RequestId, _filter!, Request.Cursor, _limit));

    private void OnListed(IndexProtocol.StoredListed listed)
    {
        var page = new MemoryPage(RequestId, [.. listed.Page.Memories.Select(m => m.ToSummary())], listed.Page.Total, listed.Page.NextCursor);
        if (_limit > 1 && MessageCodec.SizeOf(page) > WireLimits.MaxMessageBytes)
        {
            _limit /= 2; // a shorter page comes with its own cursor
            AskForPage();
            return;
        }

        Finish(page);
    }
}
