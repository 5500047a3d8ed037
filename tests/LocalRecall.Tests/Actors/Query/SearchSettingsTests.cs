using Akka.Configuration;
using LocalRecall.Actors.Query;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Actors.Query;

public sealed class SearchSettingsTests
{
    private static SearchSettings Settings(string over = "") =>
        SearchSettings.From(ConfigurationFactory.ParseString(over).WithFallback(TestConfiguration.Shipped).GetConfig("localrecall"));

    [Fact]
    public void What_ships_is_the_default() => Assert.Equal(RankingOptions.Default, Settings().Ranking);

    [Fact]
    public void Every_key_can_be_set_and_is_told_as_it_is_set()
    {
        SearchSettings settings = Settings(
            """
            localrecall.ranking.fusion = reciprocal-rank
            localrecall.ranking.keyword-weight = 0
            localrecall.ranking.rank-constant = 10
            localrecall.ranking.candidates = 50
            localrecall.ranking.score-floor = 0.125
            localrecall.search.min-confidence = 0.5
            """);

        Assert.Equal((FusionMethod.ReciprocalRank, 0.0, 10.0, 50, 0.125f), (
            settings.Ranking.Fusion, settings.Ranking.KeywordWeight, settings.Ranking.RankConstant, settings.Ranking.Candidates, settings.Ranking.ScoreFloor));
        Assert.Equal(0.5, settings.MinConfidence);
        Assert.Contains(new RankingOption("fusion", "reciprocal-rank"), settings.InForce);
        Assert.Contains(new RankingOption("score-floor", "0.125"), settings.InForce);
        Assert.Equal(settings.InForce.Select(option => option.Name).Distinct(), settings.InForce.Select(option => option.Name));
    }

    [Fact]
    public void What_is_not_known_is_refused() =>
        Assert.Contains("'best'", Assert.Throws<FormatException>(() => Settings("localrecall.ranking.fusion = best")).Message);
}
