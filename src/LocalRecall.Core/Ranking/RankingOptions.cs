namespace LocalRecall.Core.Ranking;

/// <summary>The ingredients of ranking, each with a value that switches it off: <c>localrecall.ranking</c> of host.conf, key by key.</summary>
/// <param name="KeywordWeight">0: vectors alone, 1: keywords alone.</param>
/// <param name="RankConstant">Only for <see cref="FusionMethod.ReciprocalRank"/>.</param>
/// <param name="Candidates">Chunks taken from each of the two ways.</param>
/// <param name="ScoreFloor">Cosine below which a chunk with none of the terms is noise; null: the model's own.</param>
/// <param name="FoundTermsWeight">How much of the words' score is the share of the terms held, weighted by how rare they are among the chunks found; the rest is BM25.</param>
/// <param name="ExactShare">Share of the query's terms in one chunk from which on the words decide more and company less; 1: never.</param>
/// <param name="ExactKeywordWeight">What <paramref name="KeywordWeight"/> becomes where a chunk holds all terms.</param>
/// <param name="SimilarWeight">Of a memory's likeness to the best ones; 0: none.</param>
/// <param name="NeighbourWeight">Of the score of what was found next to a memory in time; 0: none.</param>
/// <param name="NeighbourTime">How far apart that may be.</param>
public sealed record RankingOptions(
    FusionMethod Fusion = FusionMethod.Weighted, double KeywordWeight = 0.45, double RankConstant = 60, int Candidates = 200, float? ScoreFloor = null,
    double FoundTermsWeight = 0.3, double ExactShare = 0.75, double ExactKeywordWeight = 0.7, double SimilarWeight = 0.4, double NeighbourWeight = 0.5, TimeSpan NeighbourTime = default)
{
    public static RankingOptions Default { get; } = new(NeighbourTime: TimeSpan.FromMinutes(10));
}
