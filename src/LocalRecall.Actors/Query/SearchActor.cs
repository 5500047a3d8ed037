using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Query;

/// <summary>
/// One search: the query's vector and the keywords at once, then the vector scan, then both fused, filtered and cut to the budget.
/// The model is asked only for a vector that the index does not know.
/// What fails or comes too late is left out, and the result says so.
/// </summary>
internal sealed class SearchActor : RequestActor<Search>
{
    private const int MaxLimit = 100;
    private const int MaxTokens = 25_000;
    private const int MaxQueryChars = 8 * 1024;

    /// <summary>Chunks taken from each of the two ways, and ranked chunks looked up.</summary>
    private const int Candidates = 200;

    /// <summary>How often a search looks again because what it had found was replaced or forgotten before it was read.</summary>
    private const int MaxLooksAgain = 3;

    private readonly QueryPorts _ports;
    private readonly TimeSpan _startedAt;
    private readonly string _query;
    private readonly TextHash _queryHash;
    private readonly Guid _lookupId = Guid.NewGuid();
    private readonly Guid _sessionLookupId = Guid.NewGuid();
    private SearchFilter? _filter;
    private float[]? _vector;
    private Dictionary<long, float>? _cosines;
    private IReadOnlyList<KeywordHit>? _keywords;
    private IReadOnlyList<RankedChunk>? _ranked;
    private string? _degraded;
    private TimeSpan _embedTime;
    private int _looksAgain;

    public SearchActor(Authorized<Search> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        _startedAt = Context.System.Scheduler.HighResMonotonicClock;
        _query = Request.Query.Length > MaxQueryChars ? Request.Query[..MaxQueryChars] : Request.Query;
        _queryHash = ports.Model.HashOf(_query, EmbeddingPurpose.Query);
        Receive<SessionChunksFound>(OnSessionChunksFound);
        Receive<VectorsFound>(OnVectorFound);
        Receive<EmbeddingProtocol.Embedded>(embedded => OnVector(embedded.Vectors[0]));
        Receive<VectorsSearched>(OnVectorsSearched);
        Receive<KeywordsSearched>(OnKeywordsSearched);
        Receive<ChunksMeasured>(OnChunksMeasured);
        Receive<ChunksFound>(OnChunksFound);
        Receive<PatienceEnded>(_ => GoOnWithoutVectors("the model did not answer in time"), _ => _cosines is null);
    }

    public static Props CreateProps(Authorized<Search> request, QueryPorts ports) => Props.Create(() => new SearchActor(request, ports));

    protected override void Start()
    {
        _filter = Request.Filter.ToFilter(out string problem);
        if (_filter is null)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, problem));
            return;
        }

        if (string.IsNullOrWhiteSpace(Request.Query))
        {
            FinishEmpty("the query is empty");
            return;
        }

        Begin();
    }

    protected override void OnDeadline() => FinishEmpty("the deadline passed before the search was done");

    protected override void OnFailed(RequestFailed failed)
    {
        if (failed.RequestId == _sessionLookupId)
        {
            base.OnFailed(failed);
        }
        else if (failed.RequestId == _lookupId && failed.Code != FailureCode.StoreUnavailable)
        {
            Embed();
        }
        else if (failed.Code is FailureCode.StoreUnavailable or FailureCode.Internal)
        {
            base.OnFailed(failed);
        }
        else if (_cosines is null)
        {
            GoOnWithoutVectors(failed.Message);
        }
    }

    /// <summary>What the session knows already is left out of both ways of search.</summary>
    private void Begin()
    {
        if (Request.ForSession.Length > 0)
        {
            _ports.Index.Tell(new FindSessionChunks(_sessionLookupId, Request.ForSession));
        }
        else
        {
            Ask();
        }
    }

    private void OnSessionChunksFound(SessionChunksFound found)
    {
        _filter = _filter! with { Excluded = found.ChunkIds.ToHashSet() };
        Ask();
    }

    private void Ask()
    {
        if (_looksAgain == 0)
        {
            AskVector();
        }
        else if (_vector is not null)
        {
            _ports.Index.Tell(new SearchVectors(RequestId, _vector, _filter!, Candidates));
        }

        AskKeywords();
    }

    private void AskKeywords()
    {
        KeywordQuery keywords = KeywordQuery.Parse(Request.Query);
        if (keywords.IsEmpty)
        {
            _keywords = [];
        }
        else
        {
            _ports.Index.Tell(new SearchKeywords(RequestId, keywords, _filter!, Candidates));
        }
    }

    private void AskVector()
    {
        _ports.Index.Tell(new FindVectors(_lookupId, [_queryHash], Urgent: true));
        TimeSpan left = Request.Header.Deadline - Context.System.Scheduler.Now;
        Timers.StartSingleTimer(nameof(PatienceEnded), PatienceEnded.Instance, left * 0.7);
    }

    private void OnVectorFound(VectorsFound found)
    {
        if (found.Vectors.TryGetValue(_queryHash, out float[]? vector))
        {
            OnVector(vector);
        }
        else
        {
            Embed();
        }
    }

    private void Embed()
    {
        if (_cosines is not null)
        {
            return; // too late: the search went on without
        }

        try
        {
            TokenizedText text = TokenizedText.Of(_query, EmbeddingPurpose.Query, _ports.Embedder);
            _ports.Embedding.Tell(new EmbeddingProtocol.Embed(RequestId, Client, EmbeddingLane.Query, [text], Request.Header.Deadline));
        }
        catch (EmbeddingException e)
        {
            GoOnWithoutVectors(e.Message);
        }
    }

    private void OnVector(float[] vector)
    {
        _ports.Index.Tell(new RememberVectors(new Dictionary<TextHash, float[]> { [_queryHash] = vector }));
        if (_cosines is not null)
        {
            return; // likewise too late
        }

        _embedTime = Elapsed;
        _vector = vector;
        _ports.Index.Tell(new SearchVectors(RequestId, vector, _filter!, Candidates));
    }

    private void GoOnWithoutVectors(string reason)
    {
        _degraded = $"keywords only: {reason}";
        _vector = null;
        _cosines = [];
        MeasureOrRank();
    }

    private void OnVectorsSearched(VectorsSearched searched)
    {
        if (_cosines is null)
        {
            _cosines = searched.Hits.ToDictionary(hit => hit.ChunkId, hit => hit.Cosine);
            MeasureOrRank();
        }
    }

    private void OnKeywordsSearched(KeywordsSearched searched)
    {
        _keywords = searched.Hits;
        MeasureOrRank();
    }

    /// <summary>Once both are there, the chunks that only the keywords found get their cosine too.</summary>
    private void MeasureOrRank()
    {
        if (_cosines is null || _keywords is null)
        {
            return;
        }

        long[] unmeasured = [.. _keywords.Select(hit => hit.ChunkId).Where(id => !_cosines.ContainsKey(id))];
        if (_vector is null || unmeasured.Length == 0)
        {
            Rank();
        }
        else
        {
            _ports.Index.Tell(new MeasureChunks(RequestId, _vector, unmeasured));
        }
    }

    private void OnChunksMeasured(ChunksMeasured measured)
    {
        foreach (ScanHit hit in measured.Hits)
        {
            _cosines![hit.ChunkId] = hit.Cosine;
        }

        Rank();
    }

    private void Rank()
    {
        Dictionary<long, double> bm25 = _keywords!.ToDictionary(hit => hit.ChunkId, hit => hit.Bm25);
        IEnumerable<Candidate> candidates = _cosines!.Keys.Union(bm25.Keys).Select(id => new Candidate(
            id, _cosines.TryGetValue(id, out float cosine) ? cosine : null, bm25.TryGetValue(id, out double score) ? score : null));
        _ranked = [.. Fusion.Rank(candidates, FusionOptions.Default, _ports.Model.ScoreFloor).Take(Candidates)];
        _ports.Index.Tell(new GetChunks(RequestId, [.. _ranked.Select(chunk => chunk.ChunkId)]));
    }

    /// <summary>Each read sees the index as it is then: a memory that was indexed anew meanwhile has other chunks.</summary>
    private void LookAgain()
    {
        _looksAgain++;
        _keywords = null;
        if (_vector is not null)
        {
            _cosines = null;
        }

        Begin();
    }

    private void OnChunksFound(ChunksFound found)
    {
        if (found.Chunks.Count < _ranked!.Count && _looksAgain < MaxLooksAgain)
        {
            LookAgain();
            return;
        }

        Dictionary<long, ChunkWithMemory> chunks = found.Chunks.ToDictionary(chunk => chunk.ChunkId);
        Dictionary<long, IReadOnlyList<string>> terms = _keywords!.ToDictionary(hit => hit.ChunkId, hit => hit.MatchedTerms);
        IReadOnlyList<MemoryHit> memories = MemoryHits.Group(_ranked!, id => chunks.TryGetValue(id, out ChunkWithMemory? chunk) ? chunk.Stored.Memory.Id : null);
        int limit = Math.Clamp(Request.Limit, 1, MaxLimit);
        int budget = Math.Clamp(Request.MaxTokens, 1, MaxTokens);
        SearchResults results;
        do
        {
            IReadOnlyList<Fitted<MemoryHit>> fitted = ResultBudget.Fit(memories, hit => Content(chunks[hit.Chunks[0].ChunkId]), limit, budget);
            results = Results(
                [.. fitted.Select(fit => ToHit(fit, chunks[fit.Item.Chunks[0].ChunkId], terms))], memories.Count, fitted.Sum(fit => fit.Tokens));
            budget /= 2; // tokens are estimated by characters, a frame counts bytes
        }
        while (MessageCodec.SizeOf(results) > WireLimits.MaxMessageBytes);
        Finish(results);
    }

    private static string Content(ChunkWithMemory chunk) => chunk.ChunkCount == 1 ? chunk.Stored.Memory.Body : chunk.Text;

    private static SearchHit ToHit(Fitted<MemoryHit> fit, ChunkWithMemory best, Dictionary<long, IReadOnlyList<string>> terms) => new(
        best.Stored.ToSummary(), fit.Item.Score, best.HeadingPath, fit.Content, fit.Shortened,
        Fusion.Reasons(fit.Item.Matched),
        [.. fit.Item.Chunks.SelectMany(chunk => terms.GetValueOrDefault(chunk.ChunkId, [])).Distinct()],
        fit.Item.Chunks[0].Cosine);

    private SearchResults Results(IReadOnlyList<SearchHit> hits, int total, int tokensUsed)
    {
        double totalMs = Elapsed.TotalMilliseconds;
        var timings = new SearchTimings(_embedTime.TotalMilliseconds, totalMs - _embedTime.TotalMilliseconds, totalMs);
        return new SearchResults(RequestId, hits, total, tokensUsed, _degraded, timings);
    }

    private void FinishEmpty(string reason)
    {
        _degraded = reason;
        Finish(Results([], 0, 0));
    }

    private TimeSpan Elapsed => Context.System.Scheduler.HighResMonotonicClock - _startedAt;

    private sealed class PatienceEnded : IInternalMessage
    {
        public static readonly PatienceEnded Instance = new();
    }
}
