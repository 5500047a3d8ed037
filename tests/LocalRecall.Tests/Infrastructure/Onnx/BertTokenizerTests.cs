using System.IO.Compression;
using System.Text;
using LocalRecall.Core.Ports;
using Xunit;
using Xunit.Abstractions;

namespace LocalRecall.Tests.Infrastructure.Onnx;

[Collection(ModelCollection.Name)]
public sealed class BertTokenizerTests(ModelFixture model, ITestOutputHelper output)
{
    private const int Cls = 101;
    private const int Sep = 102;

    private readonly ITokenizer _tokenizer = model.Factory.Tokenizer;

    [Fact]
    public void Gives_the_ids_of_the_reference_tokenizer()
    {
        var differing = Reference().Where(example => !_tokenizer.Encode(example.Text, int.MaxValue).SequenceEqual(example.Ids)).ToList();

        output.WriteLine(string.Join("\n", Reference().CountBy(example => example.Group)));
        Assert.True(Reference().Count() > 7_000);
        Assert.Empty(differing.Select(example => $"{example.Group}: {Escape(example.Text)}"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(256)]
    public void Cuts_after_the_tokens_that_fit(int maxTokens)
    {
        var cut = 0;
        foreach (var (_, text, ids) in Reference())
        {
            var fitting = ids.Length <= maxTokens ? ids : [.. ids[..(maxTokens - 1)], Sep];
            Assert.Equal(fitting, _tokenizer.Encode(text, maxTokens));
            cut += ids.Length > maxTokens ? 1 : 0;
        }
        Assert.True(cut > 10);
    }

    [Fact]
    public void Counts_what_it_encodes_without_the_special_tokens()
    {
        foreach (var (_, text, ids) in Reference())
            Assert.Equal(ids.Length - 2, _tokenizer.CountTokens(text));
    }

    [Fact]
    public void Counts_add_up_over_pieces_split_at_white_space()
    {
        foreach (var (_, text, _) in Reference())
        {
            var sum = 0;
            for (int start = 0, end; start < text.Length; start = end)
            {
                end = start + 1;
                while (end < text.Length && (!char.IsWhiteSpace(text[end]) || text[end] is '\v' or '\f' or '\u0085'))
                    end++;
                sum += _tokenizer.CountTokens(text.AsSpan(start, end - start));
            }
            Assert.Equal(_tokenizer.CountTokens(text), sum);
        }
    }

    [Fact]
    public void Encodes_a_text_of_many_pieces_like_its_words_one_by_one()
    {
        var examples = Reference().Where(example => example.Group == "prose").ToList();
        var text = string.Join("\n", examples.Select(example => example.Text));

        int[] expected = [Cls, .. examples.SelectMany(example => example.Ids[1..^1]), Sep];

        Assert.True(text.Length > 20_000);
        Assert.Equal(expected, _tokenizer.Encode(text, int.MaxValue));
    }

    [Fact]
    public void Does_not_end_a_piece_where_a_removed_character_joins_words() =>
        Assert.Equal(_tokenizer.Encode("together", 9), _tokenizer.Encode(new string(' ', 4096) + "to\fgether", 9));

    [Fact]
    public void Is_safe_for_concurrent_use()
    {
        var examples = Reference().Where((_, i) => i % 10 == 0).ToArray();

        Parallel.For(0, 4 * examples.Length, i =>
        {
            var (_, text, ids) = examples[i % examples.Length];
            Assert.Equal(ids, _tokenizer.Encode(text, int.MaxValue));
        });
    }

    [Fact]
    public void Needs_room_for_its_special_tokens() => Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.Encode("a", 1));

    /// <summary>What tests/tools/tokenizer-parity.mjs wrote.</summary>
    private static IEnumerable<(string Group, string Text, int[] Ids)> Reference()
    {
        using var resource = typeof(BertTokenizerTests).Assembly.GetManifestResourceStream("tokenizer-parity.bin.br")!;
        using var unpacked = new MemoryStream();
        using (var brotli = new BrotliStream(resource, CompressionMode.Decompress))
            brotli.CopyTo(unpacked);
        unpacked.Position = 0;
        using var reader = new BinaryReader(unpacked);
        while (unpacked.Position < unpacked.Length)
        {
            var group = reader.ReadString();
            var text = new char[reader.ReadInt32()];
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)reader.ReadUInt16();
            var ids = new int[reader.ReadInt32()];
            for (var i = 0; i < ids.Length; i++)
                ids[i] = reader.ReadUInt16();
            yield return (group, new string(text), ids);
        }
    }

    private static string Escape(string text) =>
        text.Aggregate(new StringBuilder(), (escaped, c) => c is >= ' ' and <= '~' ? escaped.Append(c) : escaped.Append($"\\u{(int)c:X4}")).ToString();
}
