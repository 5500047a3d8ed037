using System.Globalization;
using Akka.Configuration;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Query;

/// <summary>How searches rank and what they leave out.</summary>
/// <param name="MinConfidence">Where a search does not say itself.</param>
/// <param name="InForce">The ranking's settings as host.conf has them, for who asks why.</param>
public sealed record SearchSettings(RankingOptions Ranking, double MinConfidence, IReadOnlyList<RankingOption> InForce)
{
    /// <param name="config">The <c>localrecall</c> part.</param>
    public static SearchSettings From(Config config)
    {
        Config ranking = config.GetConfig("ranking");
        return new SearchSettings(
            new RankingOptions(
                FusionOf(ranking.GetString("fusion")),
                ranking.GetDouble("keyword-weight"),
                ranking.GetDouble("rank-constant"),
                ranking.GetInt("candidates"),
                ranking.GetString("score-floor") is var floor && floor == "model" ? null : float.Parse(floor, CultureInfo.InvariantCulture),
                ranking.GetDouble("found-terms-weight"),
                ranking.GetDouble("exact-share"),
                ranking.GetDouble("exact-keyword-weight"),
                ranking.GetDouble("similar-weight"),
                ranking.GetDouble("neighbour-weight"),
                ranking.GetTimeSpan("neighbour-time")),
            config.GetDouble("search.min-confidence"),
            [.. ranking.AsEnumerable().Select(setting => new RankingOption(setting.Key, setting.Value.GetString())).OrderBy(option => option.Name, StringComparer.Ordinal)]);
    }

    private static FusionMethod FusionOf(string name) => name switch
    {
        "weighted" => FusionMethod.Weighted,
        "reciprocal-rank" => FusionMethod.ReciprocalRank,
        _ => throw new FormatException($"localrecall.ranking.fusion is weighted or reciprocal-rank, not '{name}'."),
    };
}
