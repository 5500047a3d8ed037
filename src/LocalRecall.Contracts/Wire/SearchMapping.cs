using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class SearchMapping
{
    public static SearchV1 ToWire(Search m)
    {
        var w = new SearchV1
        {
            Header = m.Header.ToWire(), Query = m.Query, Filter = MemoriesMapping.ToWire(m.Filter), Limit = m.Limit, MaxTokens = m.MaxTokens,
            ForSession = m.ForSession, Explain = m.Explain,
        };
        if (m.MinConfidence is { } minConfidence)
        {
            w.MinConfidence = minConfidence;
        }

        return w;
    }

    public static Search FromWire(SearchV1 w) => new(
        w.Header.ToHeader(), w.Query, MemoriesMapping.FromWire(w.Filter.Required("filter")), w.Limit, w.MaxTokens, w.ForSession, w.Explain,
        w.HasMinConfidence ? w.MinConfidence : null);

    public static SearchResultsV1 ToWire(SearchResults m)
    {
        var w = new SearchResultsV1
        {
            RequestId = m.RequestId.ToWire(), Hits = { m.Hits.Select(ToWire) }, Total = m.Total, TokensUsed = m.TokensUsed,
            EmbedMs = m.Timings.EmbedMs, SearchMs = m.Timings.SearchMs, TotalMs = m.Timings.TotalMs, BelowFloor = m.BelowFloor,
            Explanation = m.Explanation is { } explanation ? ToWire(explanation) : null,
        };
        if (m.Degraded is { } degraded)
        {
            w.Degraded = degraded;
        }

        return w;
    }

    public static SearchResults FromWire(SearchResultsV1 w) => new(
        w.RequestId.ToGuid(), w.Hits.ToList(FromWire), w.Total, w.TokensUsed, w.HasDegraded ? w.Degraded : null,
        new SearchTimings(w.EmbedMs, w.SearchMs, w.TotalMs), w.BelowFloor, w.Explanation is { } explanation ? FromWire(explanation) : null);

    private static Hit ToWire(SearchHit m)
    {
        var w = new Hit
        {
            Summary = MemoriesMapping.ToWire(m.Summary), Score = m.Score, Heading = m.Heading, Content = m.Content, Shortened = m.Shortened,
            Matched = { m.Matched }, Terms = { m.Terms }, Explanation = m.Explanation is { } explanation ? ToWire(explanation) : null,
        };
        if (m.Cosine is { } cosine)
        {
            w.Cosine = cosine;
        }

        if (m.Confidence is { } confidence)
        {
            w.Confidence = confidence;
        }

        return w;
    }

    private static SearchHit FromWire(Hit w) => new(
        MemoriesMapping.FromWire(w.Summary.Required("summary")), w.Score, w.Heading, w.Content, w.Shortened,
        w.Matched.ToList(), w.Terms.ToList(), w.HasCosine ? w.Cosine : null, w.HasConfidence ? w.Confidence : null,
        w.Explanation is { } explanation ? FromWire(explanation) : null);

    private static Parts ToWire(HitExplanation m)
    {
        var w = new Parts
        {
            VectorShare = m.VectorShare, KeywordShare = m.KeywordShare, TermShare = m.TermShare, Chunks = m.Chunks,
            Boosts = { m.Boosts.Select(boost => new Boost { Name = boost.Name, Value = boost.Value }) },
        };
        if (m.VectorRank is { } vectorRank)
        {
            w.VectorRank = vectorRank;
        }

        if (m.KeywordRank is { } keywordRank)
        {
            w.KeywordRank = keywordRank;
        }

        if (m.Bm25 is { } bm25)
        {
            w.Bm25 = bm25;
        }

        return w;
    }

    private static HitExplanation FromWire(Parts w) => new(
        w.HasVectorRank ? w.VectorRank : null, w.VectorShare, w.HasKeywordRank ? w.KeywordRank : null, w.HasBm25 ? w.Bm25 : null, w.KeywordShare,
        w.Boosts.ToList(boost => new ScoreBoost(boost.Name, boost.Value)), w.TermShare, w.Chunks);

    private static Explanation ToWire(SearchExplanation m) => new()
    {
        Terms = { m.Terms.Select(term => new Term { Text = term.Text, Chunks = term.Chunks }) },
        Options = { m.Options.Select(option => new Setting { Name = option.Name, Value = option.Value }) },
        MinConfidence = m.MinConfidence, Candidates = m.Candidates, Noise = m.Noise, Excluded = m.Excluded,
        CosineMean = m.CosineMean, CosineDeviation = m.CosineDeviation, Fallen = { m.Fallen.Select(ToWire) },
    };

    private static SearchExplanation FromWire(Explanation w) => new(
        w.Terms.ToList(term => new QueryTerm(term.Text, term.Chunks)), w.Options.ToList(option => new RankingOption(option.Name, option.Value)),
        w.MinConfidence, w.Candidates, w.Noise, w.Excluded, w.CosineMean, w.CosineDeviation, w.Fallen.ToList(FromWire));

    private static Fallen ToWire(FallenHit m)
    {
        var w = new Fallen
        {
            Id = m.Id.ToWire(), Kind = m.Kind, Subject = m.Subject, Reason = m.Reason, Score = m.Score, Confidence = m.Confidence,
            Terms = { m.Terms }, Explanation = ToWire(m.Explanation),
        };
        if (m.Cosine is { } cosine)
        {
            w.Cosine = cosine;
        }

        return w;
    }

    private static FallenHit FromWire(Fallen w) => new(
        w.Id.ToGuid(), w.Kind, w.Subject, w.Reason, w.Score, w.Confidence, w.HasCosine ? w.Cosine : null, w.Terms.ToList(),
        FromWire(w.Explanation.Required("explanation")));
}
