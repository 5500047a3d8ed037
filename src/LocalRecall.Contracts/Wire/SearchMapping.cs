using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class SearchMapping
{
    public static SearchV1 ToWire(Search m) => new()
    {
        Header = m.Header.ToWire(), Query = m.Query, Filter = MemoriesMapping.ToWire(m.Filter), Limit = m.Limit, MaxTokens = m.MaxTokens,
        ForSession = m.ForSession,
    };

    public static Search FromWire(SearchV1 w) =>
        new(w.Header.ToHeader(), w.Query, MemoriesMapping.FromWire(w.Filter.Required("filter")), w.Limit, w.MaxTokens, w.ForSession);

    public static SearchResultsV1 ToWire(SearchResults m)
    {
        var w = new SearchResultsV1
        {
            RequestId = m.RequestId.ToWire(), Hits = { m.Hits.Select(ToWire) }, Total = m.Total, TokensUsed = m.TokensUsed,
            EmbedMs = m.Timings.EmbedMs, SearchMs = m.Timings.SearchMs, TotalMs = m.Timings.TotalMs,
        };
        if (m.Degraded is { } degraded)
        {
            w.Degraded = degraded;
        }

        return w;
    }

    public static SearchResults FromWire(SearchResultsV1 w) => new(
        w.RequestId.ToGuid(), w.Hits.ToList(FromWire), w.Total, w.TokensUsed, w.HasDegraded ? w.Degraded : null,
        new SearchTimings(w.EmbedMs, w.SearchMs, w.TotalMs));

    private static Hit ToWire(SearchHit m)
    {
        var w = new Hit
        {
            Summary = MemoriesMapping.ToWire(m.Summary), Score = m.Score, Heading = m.Heading, Content = m.Content, Shortened = m.Shortened,
            Matched = { m.Matched }, Terms = { m.Terms },
        };
        if (m.Cosine is { } cosine)
        {
            w.Cosine = cosine;
        }

        return w;
    }

    private static SearchHit FromWire(Hit w) => new(
        MemoriesMapping.FromWire(w.Summary.Required("summary")), w.Score, w.Heading, w.Content, w.Shortened,
        w.Matched.ToList(), w.Terms.ToList(), w.HasCosine ? w.Cosine : null);
}
