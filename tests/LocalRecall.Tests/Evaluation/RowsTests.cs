using LocalRecall.Evaluation;
using LocalRecall.Tests.Actors;
using Xunit;

namespace LocalRecall.Tests.Evaluation;

/// <summary>An ingredient that nobody measures could be worthless, or do harm, without anyone noticing.</summary>
public sealed class RowsTests
{
    /// <summary>They are sizes, and switch nothing off.</summary>
    private static readonly string[] Sizes = ["rank-constant", "candidates", "exact-keyword-weight", "neighbour-time"];

    [Fact]
    public void Every_ingredient_of_the_ranking_is_switched_off_in_a_row_of_its_own()
    {
        IEnumerable<string> keys = TestConfiguration.Shipped.GetConfig(Rows.Ranking).AsEnumerable().Select(setting => setting.Key).Except(Sizes);

        Assert.Equal(
            keys.Order(StringComparer.Ordinal),
            Rows.Ingredients.Select(ingredient => ingredient.Off.Key[(Rows.Ranking.Length + 1)..]).Concat(["fusion", "keyword-weight"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rows_set_what_host_conf_knows() =>
        Assert.All(Rows.All.SelectMany(row => row.Settings), setting => Assert.True(TestConfiguration.Shipped.HasPath(setting.Key), setting.Key));

    [Fact]
    public void A_single_method_is_by_itself() =>
        Assert.All(
            Rows.All.Where(row => row.Name is Rows.Bm25 or Rows.Vector),
            row => Assert.Equal(Rows.Ingredients.Where(ingredient => !ingredient.Off.AtImport).Select(ingredient => ingredient.Off), row.Settings.Skip(1)));
}
