using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class ResultBudgetTests
{
    private static string Text(int tokens) => string.Concat(Enumerable.Repeat("abc ", tokens));

    private static IReadOnlyList<Fitted<string>> Fit(int limit, int maxTokens, params string[] contents) => ResultBudget.Fit(contents, c => c, limit, maxTokens);

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("abcd", 1)]
    [InlineData("abcde", 2)]
    public void A_token_is_four_characters_begun(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));

    [Fact]
    public void What_fits_is_whole_and_in_order()
    {
        IReadOnlyList<Fitted<string>> fitted = Fit(10, 100, Text(50), Text(30), Text(20));
        Assert.Equal([50, 30, 20], fitted.Select(f => f.Tokens));
        Assert.All(fitted, f => Assert.False(f.Shortened));
    }

    [Fact]
    public void The_limit_counts_hits() => Assert.Equal(2, Fit(2, 1000, Text(1), Text(1), Text(1)).Count);

    [Fact]
    public void A_long_hit_is_shortened_and_hides_no_others()
    {
        IReadOnlyList<Fitted<string>> fitted = Fit(10, 1000, Text(5000), Text(300), Text(100));
        Assert.Equal([true, false, false], fitted.Select(f => f.Shortened));
        Assert.InRange(fitted[0].Tokens, 400, 500);
        Assert.EndsWith("…", fitted[0].Content);
    }

    [Fact]
    public void The_last_hit_may_take_all_that_is_left() => Assert.InRange(Fit(10, 1000, Text(5000))[0].Tokens, 950, 1000);

    [Fact]
    public void A_hit_of_which_little_would_be_left_is_skipped_and_smaller_ones_still_come()
    {
        IReadOnlyList<Fitted<string>> fitted = Fit(10, 100, Text(60), Text(50), Text(30));
        Assert.Equal([60, 30], fitted.Select(f => f.Tokens));
    }

    [Fact]
    public void A_budget_of_nothing_holds_nothing() => Assert.Empty(Fit(10, 0, Text(1)));

    [Theory]
    [InlineData("First paragraph here.\n\nSecond one is longer.", 30, "First paragraph here.…")]
    [InlineData("A sentence is here. Another one follows", 30, "A sentence is here.…")]
    [InlineData("just some words without any end", 20, "just some words…")]
    [InlineData("unbreakableunbreakable", 10, "unbreakab…")]
    [InlineData("😀😀😀😀", 4, "😀…")]
    [InlineData("short", 10, "short")]
    [InlineData("some", 1, "…")]
    public void Texts_are_cut_at_a_sensible_place(string text, int maxChars, string expected) => Assert.Equal(expected, ResultBudget.Shorten(text, maxChars));

    [Fact]
    public void The_budget_holds_for_any_hits() => Gen.ForAll(500, gen =>
    {
        string[] contents = gen.Many(0, 20, () => gen.Block(2000));
        (int limit, int maxTokens) = (gen.Int(0, 12), gen.Int(0, 1500));
        IReadOnlyList<Fitted<string>> fitted = Fit(limit, maxTokens, contents);
        Assert.InRange(fitted.Count, 0, limit);
        Assert.InRange(fitted.Sum(f => f.Tokens), 0, maxTokens);
        Assert.All(fitted, f => Assert.Equal(TokenEstimate.Of(f.Content), f.Tokens));
        Assert.All(fitted, f => Assert.StartsWith(f.Content.TrimEnd('…'), f.Item, StringComparison.Ordinal));
        int left = maxTokens - fitted.Sum(f => f.Tokens);
        if (fitted.Count < limit) Assert.All(contents.Except(fitted.Select(f => f.Item)), c => Assert.True(TokenEstimate.Of(c) > left));
    });
}
