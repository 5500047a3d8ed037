using Akka.Actor;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Index;

/// <summary>Owns one read connection, on a thread of its own; does one read at a time.</summary>
internal sealed class IndexReader : ReceiveActor
{
    public const string Dispatcher = "localrecall.index.reader-dispatcher";

    /// <summary>How many of the scan's approximate best are measured again exactly.</summary>
    private const int Rescored = 100;

    private const int MaxFaults = 50;

    private readonly IMemoryStore _store;
    private IMemoryReader? _reader;

    public IndexReader(IMemoryStore store)
    {
        _store = store;
        Receive<ReadWork>(OnRead);
    }

    public static Props CreateProps(IMemoryStore store) =>
        Props.Create(() => new IndexReader(store)).WithDispatcher(Dispatcher);

    protected override void PreStart()
    {
        _reader = _store.OpenReader();
        Context.Parent.Tell(new ReaderFree());
    }

    protected override void PostStop() => _reader?.Dispose();

    private void OnRead(ReadWork work)
    {
        object reply;
        try
        {
            reply = Read(_reader!, work);
        }
        catch (Exception e)
        {
            work.ReplyTo.Tell(StoreFailures.ToReply(work.Read.RequestId, e), Context.Parent);
            if (e is StoreException { Fault: StoreFault.Corrupt })
            {
                Context.Parent.Tell(new DamageMet(e.Message));
            }

            if (e is not (StoreException { Fault: StoreFault.Busy or StoreFault.Full } or ArgumentException { ParamName: "cursor" }))
            {
                throw;
            }

            Context.Parent.Tell(new ReaderFree());
            return;
        }

        work.ReplyTo.Tell(reply, Context.Parent);
        Context.Parent.Tell(new ReaderFree());
    }

    private object Read(IMemoryReader reader, ReadWork work) => work.Read switch
    {
        FindSource m => new SourceFound(m.RequestId, reader.FindSource(m.Path)),
        FindSourcesBelow m => new SourcesFound(m.RequestId, reader.SourcesBelow(m.Folder)),
        FindVectors m => new VectorsFound(m.RequestId, reader.FindVectors(m.ModelId, m.Hashes)),
        SearchKeywords m => new KeywordsSearched(m.RequestId, reader.SearchKeywords(m.Query, m.Filter, m.Limit), work.Generation.Vectors.Count),
        SearchVectors m when m.ModelId != work.Generation.ModelId => new ModelReplaced(m.RequestId),
        SearchVectors m => Scan(reader, work.Generation.Vectors, m),
        DescribeChunks m => new ChunksDescribed(
            m.RequestId, reader.DescribeChunks(m.ChunkIds),
            m.Vector is null ? [] : Measure(reader, m.ModelId, m.Vector, m.Unmeasured.Select(id => new ScanHit(id, 0)))),
        ReadVectors m => new VectorsRead(m.RequestId, reader.GetVectors(m.ModelId, m.ChunkIds)),
        GetChunks m => new ChunksFound(m.RequestId, reader.GetChunks(m.ChunkIds)),
        GetStored m => new StoredFound(m.RequestId, reader.Get(m.Id)),
        ListStored m => new StoredListed(m.RequestId, reader.List(m.Filter, m.Cursor, m.Limit)),
        FindContents m => new ContentsFound(m.RequestId, reader.FindContents(m.Keys)),
        FindSessionChunks m => new SessionChunksFound(m.RequestId, reader.FindSessionChunks(m.Session)),
        ListMostUsed m => new MostUsedListed(m.RequestId, reader.ListMostUsed(m.Filter, m.Limit)),
        FindTranscript m => new TranscriptFound(m.RequestId, reader.FindTranscript(m.Path)),
        GetPending m => new PendingFound(m.RequestId, reader.GetPending(m.ModelId, m.After, m.Limit)),
        GetStatistics m => new StatisticsFound(m.RequestId, reader.GetStatistics(m.ModelId ?? work.Generation.ModelId), reader.GetFaults(MaxFaults)),
        CountVectors m => new VectorsCounted(m.RequestId, reader.CountVectors(), reader.GetStatistics(work.Generation.ModelId)),
        CheckStore m => new StoreChecked(m.RequestId, reader.CheckIntegrity()),
        var other => throw new InvalidOperationException($"No reader knows {other.GetType().Name}."),
    };

    private VectorsSearched Scan(IMemoryReader reader, VectorSnapshot snapshot, SearchVectors search)
    {
        ScanResult scan = snapshot.Scan(search.Vector, new FilterPredicate(search.Filter), Math.Max(search.Limit, Rescored));
        return new VectorsSearched(search.RequestId, [.. Measure(reader, search.ModelId, search.Vector, scan.Hits).Take(search.Limit)], scan.Crowd);
    }

    private IReadOnlyList<ScanHit> Measure(IMemoryReader reader, string modelId, float[] query, IEnumerable<ScanHit> hits)
    {
        ScanHit[] all = [.. hits];
        return VectorSnapshot.Rescore(query, all, reader.GetVectors(modelId, [.. all.Select(hit => hit.ChunkId)]));
    }
}
