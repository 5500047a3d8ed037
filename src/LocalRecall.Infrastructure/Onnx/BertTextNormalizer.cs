using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>
/// The text cleaning of uncased BERT: no control characters, one kind of white space, CJK characters set apart, lower case, no accents.
/// Follows the reference implementation code point by code point (npm <c>@huggingface/tokenizers</c>, BertNormalizer).
/// </summary>
internal sealed class BertTextNormalizer : Normalizer
{
    // Unicode's Word_Break MidLetter, MidNumLet and Single_Quote: transparent when a final sigma is looked for.
    private const string TransparentPunctuation = "':.\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    /// <exception cref="InvalidOperationException">The runtime can't decompose characters, so accents would stay and every vector would silently differ.</exception>
    public BertTextNormalizer()
    {
        if ("\u00E9".Normalize(NormalizationForm.FormD).Length != 2)
        {
            throw new InvalidOperationException(
                "This process runs in globalization-invariant mode, in which accents can't be removed. Install libicu and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }
    }

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    public override string Normalize(string original)
    {
        var clean = Clean(original);
        var lower = LowerCase(clean);
        return Ascii.IsValid(lower) ? lower : WithoutAccents(lower);
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            var code = rune.Value;
            // Unpaired surrogates are enumerated as U+FFFD, too.
            if (code is 0 or 0xFFFD || IsControl(rune))
                continue;
            if (Rune.IsWhiteSpace(rune))
                clean.Append(' ');
            // The reference looks at UTF-16 units, so the CJK blocks beyond U+FFFF are not set apart.
            else if (code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF))
                clean.Append(' ').Append((char)code).Append(' ');
            // Invariant lower-casing leaves this one letter alone; its dot is an accent.
            else if (code == 0x130)
                clean.Append('i');
            // string.Normalize rejects this noncharacter; its neighbour is as unknown to every vocabulary.
            else if (code == 0xFFFE)
                clean.Append('\uFFFF');
            else if (rune.IsBmp)
                clean.Append((char)code);
            else
                clean.Append(rune);
        }
        return clean.ToString();
    }

    private static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static string LowerCase(string text)
    {
        var lower = text.ToLowerInvariant();
        var sigma = text.IndexOf('Σ');
        if (sigma < 0)
            return lower;
        var letters = lower.ToCharArray();
        for (; sigma >= 0; sigma = text.IndexOf('Σ', sigma + 1))
            letters[sigma] = NextCased(text, sigma, -1) && !NextCased(text, sigma, 1) ? 'ς' : 'σ';
        return new string(letters);
    }

    /// <summary>Whether the nearest character that counts, in the given direction, has case.</summary>
    private static bool NextCased(string text, int from, int step)
    {
        for (var i = from + step; i >= 0 && i < text.Length; i += step)
        {
            // The category of a pair is asked for at its first half.
            if (step < 0 && char.IsLowSurrogate(text[i]))
                i--;
            var category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            var transparent = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
                || TransparentPunctuation.Contains(text[i]);
            if (!transparent)
                return category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;
            if (step > 0 && char.IsHighSurrogate(text[i]))
                i++;
        }
        return false;
    }

    private static string WithoutAccents(string text)
    {
        var decomposed = text.Normalize(NormalizationForm.FormD);
        var stripped = new StringBuilder(decomposed.Length);
        foreach (var rune in decomposed.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
                continue;
            if (rune.IsBmp)
                stripped.Append((char)rune.Value);
            else
                stripped.Append(rune);
        }
        return stripped.ToString();
    }
}
