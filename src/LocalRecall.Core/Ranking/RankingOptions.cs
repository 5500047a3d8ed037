namespace LocalRecall.Core.Ranking;

/// <summary>The ingredients of ranking, each with a value that switches it off: <c>localrecall.ranking</c> of host.conf, key by key.</summary>
/// <param name="KeywordWeight">0: vectors alone, 1: keywords alone.</param>
/// <param name="RankConstant">Only for <see cref="FusionMethod.ReciprocalRank"/>.</param>
/// <param name="Candidates">Chunks taken from each of the two ways.</param>
/// <param name="ScoreFloor">Cosine below which a chunk with none of the terms is noise; null: the model's own.</param>
public sealed record RankingOptions(
    FusionMethod Fusion = FusionMethod.Weighted, double KeywordWeight = 0.5, double RankConstant = 60, int Candidates = 200, float? ScoreFloor = null)
{
    public static RankingOptions Default { get; } = new();
}
