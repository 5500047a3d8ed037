using LocalRecall.Core.Ports;
using Microsoft.ML.Tokenizers;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>
/// Uncased BERT WordPiece, id for id as the reference implementation (npm <c>@huggingface/tokenizers</c>) does it.
/// The package's own BERT tokenizer joins words across newlines and drops characters that code is made of, so only its WordPiece core is used.
/// </summary>
public sealed class BertTokenizer : ITokenizer
{
    // A text is encoded in pieces of about this many characters, so that a cut text costs no more than what is used of it.
    private const int PieceChars = 4096;

    private static readonly string[] SpecialNames = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"];

    private readonly WordPieceTokenizer _wordPiece;
    private readonly int[] _specialIds;

    /// <param name="vocabulary">Path of a <c>vocab.txt</c>: one token a line, its id the line number from 0.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a special token.</exception>
    /// <exception cref="InvalidOperationException">See <see cref="BertTextNormalizer"/>.</exception>
    public BertTokenizer(string vocabulary)
    {
        _wordPiece = WordPieceTokenizer.Create(vocabulary, new WordPieceOptions { Normalizer = new BertTextNormalizer(), PreTokenizer = new BertWordSplitter() });
        _specialIds = [.. SpecialNames.Select(name => _wordPiece.EncodeToIds(name, considerPreTokenization: false, considerNormalization: false).Single())];
    }

    public int[] Encode(string text, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 2);
        List<int> ids = [_specialIds[0]];
        for (var start = 0; start < text.Length && ids.Count < maxTokens - 1;)
        {
            var end = EndOfPiece(text, start);
            EncodePiece(text.AsSpan(start, end - start), ids);
            start = end;
        }
        if (ids.Count > maxTokens - 1)
            ids.RemoveRange(maxTokens - 1, ids.Count - (maxTokens - 1));
        ids.Add(_specialIds[1]);
        return [.. ids];
    }

    public int CountTokens(ReadOnlySpan<char> text) => EncodePiece(text, null);

    /// <summary>Where the white space begins that ends the piece. Nothing in BERT's rules reaches across white space.</summary>
    private static int EndOfPiece(string text, int start)
    {
        var end = Math.Min(start + PieceChars, text.Length);
        while (end < text.Length && !Separates(text[end]))
            end++;
        return end;
    }

    // BERT removes the other control characters, form feed among them, and so joins what they separate.
    private static bool Separates(char c) => c is '\t' or '\n' or '\r' || (char.IsWhiteSpace(c) && !char.IsControl(c));

    /// <summary>The reference takes special tokens that are written in the text for what they say.</summary>
    private int EncodePiece(ReadOnlySpan<char> text, List<int>? ids)
    {
        var count = 0;
        for (int from = 0, bracket; (bracket = text[from..].IndexOf('[')) >= 0;)
        {
            from += bracket;
            var special = IndexOfSpecial(text[from..]);
            if (special < 0)
            {
                from++;
                continue;
            }
            count += EncodeWords(text[..from], ids) + 1;
            ids?.Add(_specialIds[special]);
            text = text[(from + SpecialNames[special].Length)..];
            from = 0;
        }
        return count + EncodeWords(text, ids);
    }

    private static int IndexOfSpecial(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < SpecialNames.Length; i++)
        {
            if (text.StartsWith(SpecialNames[i], StringComparison.Ordinal))
                return i;
        }
        return -1;
    }

    private int EncodeWords(ReadOnlySpan<char> text, List<int>? ids)
    {
        if (text.IsEmpty)
            return 0;
        if (ids is null)
            return _wordPiece.CountTokens(text);
        var added = _wordPiece.EncodeToIds(text);
        ids.AddRange(added);
        return added.Count;
    }
}
