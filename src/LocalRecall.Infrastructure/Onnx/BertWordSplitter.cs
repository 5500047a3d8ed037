using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>BERT's words: what white space separates, and every punctuation character, or ASCII symbol, alone.</summary>
internal sealed class BertWordSplitter : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        List<(int Offset, int Length)> words = [];
        var start = 0;
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var punctuation = IsPunctuation(rune);
            if (punctuation || Rune.IsWhiteSpace(rune))
            {
                if (position > start)
                    words.Add((start, position - start));
                start = position + rune.Utf16SequenceLength;
                if (punctuation)
                    words.Add((position, rune.Utf16SequenceLength));
            }
            position += rune.Utf16SequenceLength;
        }
        if (position > start)
            words.Add((start, position - start));
        return words;
    }

    // ASCII symbols such as $ + < = > ^ ` | ~ are punctuation to BERT, not to Unicode.
    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;
}
