namespace LocalRecall.Core.Ranking;

/// <summary>All that speaks for or against one memory, by its best chunk.</summary>
/// <param name="Rank">Among the memories found, from 1.</param>
/// <param name="Score">As ranked; comparable within one search only.</param>
/// <param name="Cosine">Null: no vector of it, or of the query, is known.</param>
/// <param name="Bm25">Null: it holds none of the terms.</param>
/// <param name="Terms">Of the query.</param>
/// <param name="TermsHeld">Of these, those that the chunk holds.</param>
/// <param name="TermShare">The same by weight (<see cref="TermWeights"/>), 0 to 1.</param>
/// <param name="PhrasesHeld">Phrases of the query that it holds.</param>
/// <param name="Chunks">How many chunks of the memory were found.</param>
/// <param name="Crowd">The cosines of all chunks that passed the filter; empty without a vector of the query.</param>
/// <param name="BestCosine">The greatest of any memory's best chunk.</param>
/// <param name="NextCosine">The greatest among memories ranked lower.</param>
public sealed record Evidence(
    int Rank, double Score, float? Cosine, int? VectorRank, double? Bm25, int? KeywordRank, int Terms, int TermsHeld, double TermShare, int PhrasesHeld,
    int Chunks, Crowd Crowd, float? BestCosine, float? NextCosine)
{
    internal static Evidence Of(RankedChunk best, int rank, int chunks, TermWeights weights, Crowd crowd, float? bestCosine, float? nextCosine) => new(
        rank, best.Score, best.Parts.Cosine, best.Parts.VectorRank, best.Parts.Bm25, best.Parts.KeywordRank,
        weights.Count, weights.CountOf(best.Terms), weights.ShareOf(best.Terms), best.Terms.Count(term => term.Contains(' ')),
        chunks, crowd, bestCosine, nextCosine);
}

/// <summary>How likely a memory belongs to the question.</summary>
public static class Confidence
{
    /// <summary>0 to 1. By the cosine, with what is missing to 1 filled up to a half by the share of the terms; without a cosine by the terms alone.</summary>
    public static double Of(Evidence evidence)
    {
        double cosine = Math.Clamp(evidence.Cosine ?? 0, 0, 1);
        return cosine + (1 - cosine) * 0.5 * evidence.TermShare;
    }
}
