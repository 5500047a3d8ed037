using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Models;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class ConfidenceTests
{
    private static readonly Evidence Middling = new(0.4f, 0.5, 0.5, 0);

    public static TheoryData<Calibration> Shipped => new(Calibration.Default, ModelManifest.BuiltIn.Info.Calibration);

    private static double Of(Evidence evidence) => Confidence.Of(evidence, Calibration.Default);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void More_evidence_never_makes_less_confidence(Calibration calibration)
    {
        Evidence[] better = [Middling with { Cosine = 0.5f }, Middling with { TermShare = 0.6 }, Middling with { NameShare = 0.6 }, Middling with { SubjectLead = 0.1 }];
        Assert.All(better, evidence => Assert.True(Confidence.Of(evidence, calibration) > Confidence.Of(Middling, calibration)));
    }

    [Fact]
    public void It_is_a_half_where_both_are_as_likely() => Assert.Equal(0.5, Confidence.Of(new Evidence(0.5f, 0.5, 0.5, -1), new Calibration(-1, 1, 2, 1, 1)), 9);

    [Fact]
    public void Far_away_and_without_a_word_is_next_to_nothing() => Assert.InRange(Of(new Evidence(0.2f, 0, 0, 0)), 0, 0.01);

    [Fact]
    public void A_rare_word_found_exactly_is_shown_however_far_away() => Assert.InRange(Of(new Evidence(0, 1, 0.5, 0)), 0.1, 0.75);

    [Fact]
    public void Near_and_with_every_word_and_name_goes_with_a_prompt() => Assert.InRange(Of(new Evidence(0.6f, 1, 1, 0)), 0.75, 1);

    [Fact]
    public void Without_a_cosine_the_words_decide()
    {
        Assert.InRange(Of(new Evidence(null, 1, 1, 0)), 0.75, 1);
        Assert.InRange(Of(new Evidence(null, 0.2, 0, 0)), 0, 0.1);
    }
}
