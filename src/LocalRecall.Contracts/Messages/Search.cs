namespace LocalRecall.Contracts.Messages;

/// <param name="Limit">Hits at most, 1 to 100.</param>
/// <param name="MaxTokens">Tokens of content at most, over all hits; a hit that does not fit is shortened or skipped.</param>
/// <param name="ForSession">Leave out what this agent session wrote itself or has been given already; empty: leave out nothing.</param>
public sealed record Search(RequestHeader Header, string Query, MemoryFilter Filter, int Limit, int MaxTokens, string ForSession = "") : IRequest;

/// <param name="Total">Memories that matched, before limit and budget.</param>
/// <param name="Degraded">Null, or why the result is not what it could be (model unavailable, deadline).</param>
public sealed record SearchResults(
    Guid RequestId, IReadOnlyList<SearchHit> Hits, int Total, int TokensUsed, string? Degraded, SearchTimings Timings) : IReply;

/// <param name="Score">0 to 1, comparable within one result.</param>
/// <param name="Content">The part that matched, perhaps shortened.</param>
/// <param name="Matched"><c>vector</c>, <c>keyword</c>, or both.</param>
/// <param name="Terms">Query terms found.</param>
/// <param name="Cosine">Similarity of the query's and the part's vectors, where known.</param>
public sealed record SearchHit(
    MemorySummary Summary, double Score, string Heading, string Content, bool Shortened,
    IReadOnlyList<string> Matched, IReadOnlyList<string> Terms, float? Cosine);

public sealed record SearchTimings(double EmbedMs, double SearchMs, double TotalMs);
