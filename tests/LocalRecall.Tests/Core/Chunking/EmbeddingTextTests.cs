using LocalRecall.Core.Chunking;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Chunking;

public sealed class EmbeddingTextTests
{
    [Theory]
    [InlineData("Subject", "", "Some text", "Subject\nSome text")]
    [InlineData("Subject", "A › B", "Some text", "Subject\nA › B\nSome text")]
    [InlineData("Guide", "Guide › Install", "Some text", "Guide › Install\nSome text")]
    [InlineData("Guide", "", "# Guide\n\nSome text", "# Guide\n\nSome text")]
    [InlineData("The user wants to know...", "", "## Thought\n\nThe  user\nwants to know why", "## Thought\n\nThe  user\nwants to know why")]
    public void Says_what_it_is_about_once(string subject, string path, string text, string expected) =>
        Assert.Equal(expected, EmbeddingText.Compose(subject, path, text));

    [Fact]
    public void A_subject_far_down_in_the_text_is_still_said() =>
        Assert.StartsWith("Guide\n", EmbeddingText.Compose("Guide", "", new string('x', 500) + " Guide"));

    [Fact]
    public void Outer_headings_give_way_in_a_long_path()
    {
        string path = EmbeddingText.JoinPath([new string('a', 100), new string('b', 100), "inner"]);
        Assert.Equal(new string('b', 100) + " › inner", path);
        Assert.InRange(EmbeddingText.JoinPath([new string('数', 500)]).Length, 40, 48);
    }

    [Fact]
    public void The_hash_of_a_document_is_the_same_for_every_model_and_a_query_is_told_from_it_where_prefixes_differ()
    {
        var model = new ModelInfo("m", 3, 64, "query: ", "passage: ", 0, Calibration.Default);
        Assert.Equal(TextHash.Of("text"), model.HashOf("text", EmbeddingPurpose.Document));
        Assert.NotEqual(TextHash.Of("text"), model.HashOf("text", EmbeddingPurpose.Query));
        Assert.Equal(TextHash.Of("text"), (model with { QueryPrefix = "passage: " }).HashOf("text", EmbeddingPurpose.Query));
        // SHA-256 of the empty string.
        Assert.Equal(new TextHash(new UInt128(0xe3b0c44298fc1c14, 0x9afbf4c8996fb924), new UInt128(0x27ae41e4649b934c, 0xa495991b7852b855)), TextHash.Of(""));
    }
}
