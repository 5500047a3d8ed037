namespace LocalRecall.Contracts.Messages;

/// <param name="Limit">Hits at most, 1 to 100.</param>
/// <param name="MaxTokens">Tokens of content at most, over all hits; a hit that does not fit is shortened or skipped.</param>
/// <param name="ForSession">Leave out what this agent session wrote itself or has been given already; empty: leave out nothing.</param>
/// <param name="Explain">Also say how each hit came to its place, and why others are not there.</param>
/// <param name="MinConfidence">Leave out what is less likely to fit the question, 0 to 1; null: the host's setting for searches. 0: nothing is left out.</param>
public sealed record Search(
    RequestHeader Header, string Query, MemoryFilter Filter, int Limit, int MaxTokens, string ForSession = "", bool Explain = false,
    double? MinConfidence = null) : IRequest;

/// <param name="Total">Memories that fit the question, before limit and budget.</param>
/// <param name="Degraded">Null, or why the result is not what it could be (model unavailable, deadline).</param>
/// <param name="BelowFloor">Memories that were found but are too unlikely to fit.</param>
/// <param name="Explanation">Null unless asked for.</param>
public sealed record SearchResults(
    Guid RequestId, IReadOnlyList<SearchHit> Hits, int Total, int TokensUsed, string? Degraded, SearchTimings Timings, int BelowFloor = 0,
    SearchExplanation? Explanation = null) : IReply;

/// <param name="Score">0 to 1, comparable within one result.</param>
/// <param name="Content">The part that matched, perhaps shortened.</param>
/// <param name="Matched"><c>vector</c>, <c>keyword</c>, or both.</param>
/// <param name="Terms">Query terms found.</param>
/// <param name="Cosine">Similarity of the query's and the part's vectors, where known.</param>
/// <param name="Confidence">How likely it fits the question, 0 to 1, comparable between results; null: the host is of an earlier version.</param>
/// <param name="Explanation">Null unless asked for.</param>
public sealed record SearchHit(
    MemorySummary Summary, double Score, string Heading, string Content, bool Shortened,
    IReadOnlyList<string> Matched, IReadOnlyList<string> Terms, float? Cosine, double? Confidence = null, HitExplanation? Explanation = null);

public sealed record SearchTimings(double EmbedMs, double SearchMs, double TotalMs);

/// <summary>What a score is made of: the shares and the boosts are its sum.</summary>
/// <param name="VectorRank">Among all chunks that were found, by cosine, from 1; null: it has none.</param>
/// <param name="KeywordRank">By <paramref name="Bm25"/>, from 1; null: it holds none of the terms.</param>
/// <param name="Bm25">Greater is better.</param>
/// <param name="TermShare">The share of the query's terms that it holds, rare ones counting more; 0 to 1.</param>
/// <param name="Chunks">How many parts of the memory were found; the figures are those of the best.</param>
public sealed record HitExplanation(
    int? VectorRank, double VectorShare, int? KeywordRank, double? Bm25, double KeywordShare, IReadOnlyList<ScoreBoost> Boosts, double TermShare, int Chunks);

/// <param name="Name">As in host.conf.</param>
/// <param name="Value">Added to the score; may be negative.</param>
public sealed record ScoreBoost(string Name, double Value);

/// <param name="Terms">What was looked for in the full text.</param>
/// <param name="Options">What is in force of <c>localrecall.ranking</c> in host.conf.</param>
/// <param name="MinConfidence">Likewise.</param>
/// <param name="Candidates">Chunks that were found and compared.</param>
/// <param name="Noise">Of these, those that were too far away and held none of the terms.</param>
/// <param name="Excluded">Chunks that were not looked at, because the session has them already.</param>
/// <param name="CosineMean">Of all that passed the filter: what is usual for this question.</param>
/// <param name="CosineDeviation">Standard deviation.</param>
/// <param name="Fallen">The best memories that were found and are not among the hits.</param>
public sealed record SearchExplanation(
    IReadOnlyList<QueryTerm> Terms, IReadOnlyList<RankingOption> Options, double MinConfidence, int Candidates, int Noise, int Excluded,
    double CosineMean, double CosineDeviation, IReadOnlyList<FallenHit> Fallen);

/// <param name="Text">A word, or the words of a phrase.</param>
/// <param name="Chunks">In the whole index that hold it; counted up to 20,000.</param>
public sealed record QueryTerm(string Text, long Chunks);

public sealed record RankingOption(string Name, string Value);

/// <param name="Reason"><c>below-floor</c>, <c>beyond-limit</c> or <c>over-budget</c>.</param>
public sealed record FallenHit(
    Guid Id, string Kind, string Subject, string Reason, double Score, double Confidence, float? Cosine, IReadOnlyList<string> Terms, HitExplanation Explanation);
