using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class SubjectLeadTests
{
    private static readonly TermWeights Weights = new([new("ann", 50), new("cook", 2), new("goulash", 2)], [], 100);

    private static double Of(params (string Subject, IReadOnlyList<string> Terms)[] candidates) => SubjectLead.Of(candidates, Weights);

    [Fact]
    public void What_is_told_of_who_is_asked_about_leads() =>
        Assert.Equal(1, Of(("Ann, 8 May", ["ann", "cook", "goulash"]), ("Ben, 8 May", [])), 9);

    [Fact]
    public void What_is_told_of_another_falls_behind() =>
        Assert.Equal(-0.5, Of(("Ann, 8 May", ["ann", "cook"]), ("Ben, 8 May", ["cook", "goulash"])), 9);

    [Fact]
    public void Who_is_only_mentioned_counts_a_little() =>
        Assert.Equal(0.3 - 0.7, Of(("Ann", ["ann"]), ("Ben", ["ann", "cook", "goulash"])), 9);

    [Fact]
    public void A_subject_that_few_have_says_what_is_told_not_of_whom() =>
        Assert.Equal(0, Of([("Ann", ["ann"]), .. Enumerable.Range(0, 10).Select(i => ($"note {i}", (IReadOnlyList<string>)["cook"]))]));

    [Fact]
    public void Nothing_leads_where_only_the_subject_is_asked_for_or_nothing_was_found()
    {
        Assert.Equal(0, SubjectLead.Of([("Ann", ["ann"]), ("Ben", [])], new TermWeights([new("ann", 50)], [], 100)));
        Assert.Equal(0, Of());
    }
}
