using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Query;

/// <summary>
/// One search: the query's vector and the keywords at once, then the vector scan, then what was found is described, ranked, and as much of it
/// read as may be shown. What it takes too long to find is left out, and the result says so.
/// </summary>
internal sealed class SearchActor : RequestActor<Search>
{
    private const int MaxQueryChars = 8 * 1024;

    /// <summary>How often a search looks again because what it had found was replaced or forgotten before it was read.</summary>
    private const int MaxLooksAgain = 3;

    private readonly QueryPorts _ports;
    private readonly TimeSpan _startedAt;
    private readonly KeywordQuery _words;
    private IEmbedderFactory _embedder;
    private SearchFilter? _filter;
    private float[]? _vector;
    private Dictionary<long, float>? _cosines;
    private Crowd _crowd;
    private KeywordsSearched? _keywords;
    private long[] _candidates = [];
    private Findings? _found;
    private SearchReply? _reply;
    private string? _degraded;
    private TimeSpan _embedTime;
    private int _looksAgain;

    public SearchActor(Authorized<Search> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        _embedder = ports.Models.Embedder;
        _startedAt = Context.System.Scheduler.HighResMonotonicClock;
        _words = KeywordQuery.Parse(Request.Query);
        Receive<SessionChunksFound>(OnSessionChunksFound);
        Receive<QueryVectorActor.Found>(OnVector);
        Receive<QueryVectorActor.Missing>(OnNoVector);
        Receive<VectorsSearched>(OnVectorsSearched);
        Receive<ModelReplaced>(_ => OnModelReplaced());
        Receive<KeywordsSearched>(OnKeywordsSearched);
        Receive<ChunksDescribed>(OnDescribed);
        Receive<VectorsRead>(read => Rank(read.Vectors));
        Receive<ChunksFound>(OnRead);
    }

    public static Props CreateProps(Authorized<Search> request, QueryPorts ports) => Props.Create(() => new SearchActor(request, ports));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void Start()
    {
        _filter = Request.Filter.ToFilter(out string problem);
        if (_filter is null)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, problem));
        }
        else if (string.IsNullOrWhiteSpace(Request.Query))
        {
            FinishEmpty("the query is empty");
        }
        else
        {
            Begin();
        }
    }

    protected override void OnDeadline() => FinishEmpty("the deadline passed before the search was done");

    /// <summary>What the session knows already is left out of both ways of search.</summary>
    private void Begin()
    {
        if (Request.ForSession.Length > 0)
        {
            _ports.Index.Tell(new FindSessionChunks(RequestId, Request.ForSession));
        }
        else
        {
            Look();
        }
    }

    private void OnSessionChunksFound(SessionChunksFound found)
    {
        _filter = _filter! with { Excluded = found.ChunkIds.ToHashSet() };
        Look();
    }

    private void Look()
    {
        if (_looksAgain == 0)
        {
            AskVector();
        }
        else if (_vector is not null)
        {
            Scan(_vector);
        }

        if (_words.IsEmpty)
        {
            OnKeywordsSearched(new KeywordsSearched(RequestId, KeywordMatches.None, 0));
        }
        else
        {
            _ports.Index.Tell(new SearchKeywords(RequestId, _words, _filter!, _ports.Search.Ranking.Candidates));
        }
    }

    private void AskVector()
    {
        string query = Request.Query.Length > MaxQueryChars ? Request.Query[..MaxQueryChars] : Request.Query;
        TimeSpan patience = (Request.Header.Deadline - Context.System.Scheduler.Now) * 0.7;
        Context.ActorOf(QueryVectorActor.CreateProps(query, _embedder, Client, Request.Header.Deadline, patience, _ports));
    }

    /// <summary>The vector is of a model that is no longer in force.</summary>
    private void OnModelReplaced()
    {
        _embedder = _ports.Models.Embedder;
        _vector = null;
        AskVector();
    }

    private void Scan(float[] vector) => _ports.Index.Tell(new SearchVectors(RequestId, _embedder.Model.Id, vector, _filter!, _ports.Search.Ranking.Candidates));

    private void OnVector(QueryVectorActor.Found found)
    {
        _embedTime = Elapsed;
        _vector = found.Vector;
        Scan(_vector);
    }

    private void OnNoVector(QueryVectorActor.Missing missing)
    {
        _degraded = $"keywords only: {missing.Reason}";
        _cosines = [];
        Describe();
    }

    private void OnVectorsSearched(VectorsSearched searched)
    {
        _cosines = searched.Hits.ToDictionary(hit => hit.ChunkId, hit => hit.Cosine);
        _crowd = searched.Crowd;
        Describe();
    }

    private void OnKeywordsSearched(KeywordsSearched searched)
    {
        _keywords = searched;
        Describe();
    }

    /// <summary>Once both are there. Chunks that only the keywords found get their cosine too.</summary>
    private void Describe()
    {
        if (_cosines is not null && _keywords is not null)
        {
            long[] unmeasured = [.. _keywords.Matches.Hits.Select(hit => hit.ChunkId).Where(id => !_cosines.ContainsKey(id))];
            _candidates = [.. _cosines.Keys, .. unmeasured];
            _ports.Index.Tell(new DescribeChunks(RequestId, _candidates, _embedder.Model.Id, _vector, unmeasured));
        }
    }

    private void OnDescribed(ChunksDescribed described)
    {
        if (described.Chunks.Count < _candidates.Length && LookAgain())
        {
            return;
        }

        if (_vector is not null && described.Measured.Count < _candidates.Length - _cosines!.Count)
        {
            _degraded = "some memories have no vector yet and were found by words alone";
        }

        foreach (ScanHit hit in described.Measured)
        {
            _cosines![hit.ChunkId] = hit.Cosine;
        }

        _found = new Findings(
            _words, _cosines!, _crowd, _keywords!.Matches, described.Chunks, _keywords.IndexedChunks, Context.System.Scheduler.Now);
        IReadOnlyList<long> toCompare = Ranker.ToCompare(_found, _ports.Search.Ranking, _embedder.Model);
        if (toCompare.Count == 0)
        {
            Rank(_found.Vectors);
        }
        else
        {
            _ports.Index.Tell(new ReadVectors(RequestId, _embedder.Model.Id, toCompare));
        }
    }

    /// <param name="vectors">Without those of chunks that are gone meanwhile.</param>
    private void Rank(IReadOnlyDictionary<long, float[]> vectors)
    {
        Findings found = _found! with { Vectors = vectors };
        RankedMemories ranked = Ranker.Rank(found, _ports.Search.Ranking, _embedder.Model);
        _reply = new SearchReply(Request, _ports.Search, found, ranked, _filter!.Excluded?.Count ?? 0);
        _ports.Index.Tell(new GetChunks(RequestId, _reply.ChunksToRead));
    }

    private void OnRead(ChunksFound found)
    {
        if (found.Chunks.Count == _reply!.ChunksToRead.Count || !LookAgain())
        {
            Finish(_reply.With(found.Chunks, _degraded, Timings));
        }
    }

    /// <summary>Each read sees the index as it is then: a memory that was indexed anew meanwhile has other chunks.</summary>
    private bool LookAgain()
    {
        if (_looksAgain == MaxLooksAgain)
        {
            return false;
        }

        _looksAgain++;
        _keywords = null;
        if (_vector is not null)
        {
            _cosines = null;
        }

        Begin();
        return true;
    }

    private void FinishEmpty(string reason) => Finish(new SearchResults(RequestId, [], 0, 0, reason, Timings));

    private TimeSpan Elapsed => Context.System.Scheduler.HighResMonotonicClock - _startedAt;

    private SearchTimings Timings
    {
        get
        {
            double totalMs = Elapsed.TotalMilliseconds;
            return new SearchTimings(_embedTime.TotalMilliseconds, totalMs - _embedTime.TotalMilliseconds, totalMs);
        }
    }
}
