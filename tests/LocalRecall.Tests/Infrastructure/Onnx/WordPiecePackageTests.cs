using System.Text;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Onnx;

/// <summary>What LocalRecall relies on in Microsoft.ML.Tokenizers. True of the genuine package and of its stand-in.</summary>
public sealed class WordPiecePackageTests
{
    // Ids are line numbers; the empty line counts.
    private const string Vocabulary = "[UNK]\nun\n##aff\n##able\nable\n\nunable\n##a\na\nb";

    private static WordPieceTokenizer Create(WordPieceOptions? options = null) => WordPieceTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes(Vocabulary)), options);

    [Theory]
    [InlineData("unaffable", new[] { 1, 2, 3 })]
    [InlineData("unable", new[] { 6 })]
    [InlineData("able", new[] { 4 })]
    [InlineData("unaffableb", new[] { 0 })]
    [InlineData("c", new[] { 0 })]
    [InlineData("able c  unable", new[] { 4, 0, 6 })]
    [InlineData("", new int[0])]
    [InlineData("  ", new int[0])]
    public void Takes_the_longest_pieces_or_the_unknown_token_for_a_whole_word(string text, int[] ids)
    {
        Assert.Equal(ids, Create().EncodeToIds(text));
        Assert.Equal(ids, Create().EncodeToIds(text.AsSpan()));
        Assert.Equal(ids.Length, Create().CountTokens(text));
        Assert.Equal(ids.Length, Create().CountTokens(text.AsSpan()));
    }

    [Fact]
    public void A_word_over_the_limit_of_UTF16_units_is_unknown()
    {
        var options = new WordPieceOptions { MaxInputCharsPerWord = 3 };

        Assert.Equal([8, 7, 7, 0], Create(options).EncodeToIds("aaa aaaa"));
        Assert.Equal(100, new WordPieceOptions().MaxInputCharsPerWord);
    }

    [Fact]
    public void Normalises_then_splits_then_looks_up()
    {
        var tokenizer = Create(new WordPieceOptions { Normalizer = new DashesToSpaces(), PreTokenizer = new SingleCharacters() });

        Assert.Equal([8, 9], tokenizer.EncodeToIds("a-b"));
        Assert.Equal([8, 9], tokenizer.EncodeToIds("a-b".AsSpan()));
        Assert.Equal(2, tokenizer.CountTokens("a-b".AsSpan()));
        Assert.Equal([8, 0, 9], tokenizer.EncodeToIds("a-b", considerNormalization: false));
        Assert.Equal([8, 7, 7], tokenizer.EncodeToIds("aaa", considerPreTokenization: false, considerNormalization: false));
    }

    [Fact]
    public void A_vocabulary_without_the_unknown_token_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => Create(new WordPieceOptions { UnknownToken = "<unk>" }));

    private sealed class DashesToSpaces : Normalizer
    {
        public override string Normalize(string original) => original.Replace('-', ' ');

        public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
    }

    private sealed class SingleCharacters : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
            Enumerable.Range(0, text.Length).Where(i => text[i] != ' ').Select(i => (i, 1));

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());
    }
}
