using System.Globalization;
using System.Text;

namespace LocalRecall.Core.Ranking;

/// <summary>How text falls into words for the full-text index: as SQLite's unicode61 does it, and what that misses.</summary>
public static class KeywordText
{
    /// <summary>Words to be indexed beside the text itself, in lower case, joined by spaces: the parts of camelCase names, and pairs of characters of scripts without spaces.</summary>
    public static string Extra(string text)
    {
        var extra = new StringBuilder();
        foreach (Range run in Runs(text))
        {
            ReadOnlySpan<char> word = text.AsSpan(run);
            foreach (string part in Parts(word)) extra.Append(extra.Length == 0 ? "" : " ").Append(part);
        }
        return extra.ToString();
    }

    /// <summary>All words of a text, lower case, and the parts of its names.</summary>
    public static HashSet<string> Words(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (Range run in Runs(text))
        {
            words.Add(text[run].ToLowerInvariant());
            words.UnionWith(Parts(text.AsSpan(run)));
        }
        return words;
    }

    /// <summary>Runs of letters, digits and marks; everything else separates.</summary>
    internal static List<Range> Runs(ReadOnlySpan<char> text)
    {
        var runs = new List<Range>();
        int start = -1;
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int used);
            bool inWord = Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
            if (inWord && start < 0) start = i;
            if (!inWord && start >= 0)
            {
                runs.Add(start..i);
                start = -1;
            }
            i += used;
        }
        if (start >= 0) runs.Add(start..text.Length);
        return runs;
    }

    /// <summary>What a run is made of, or nothing if it is one plain word.</summary>
    internal static List<string> Parts(ReadOnlySpan<char> run)
    {
        var parts = new List<string>();
        for (int start = 0, end = 0; start < run.Length; start = end)
        {
            bool unspaced = IsUnspaced(run[start]);
            while (end < run.Length && IsUnspaced(run[end]) == unspaced) end++;
            ReadOnlySpan<char> piece = run[start..end];
            if (unspaced)
            {
                AddPairs(piece, parts);
                continue;
            }
            if (piece.Length < run.Length) parts.Add(piece.ToString().ToLowerInvariant());
            AddCamelParts(piece, parts);
        }
        return parts;
    }

    private static void AddCamelParts(ReadOnlySpan<char> name, List<string> parts)
    {
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i < name.Length && !BeginsPart(name, i)) continue;
            if (start > 0 || i < name.Length) parts.Add(name[start..i].ToString().ToLowerInvariant());
            start = i;
        }
    }

    /// <summary>A capital after another letter, or before a small letter: <c>parse|HTTP|Header</c>.</summary>
    private static bool BeginsPart(ReadOnlySpan<char> name, int i) =>
        char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));

    private static void AddPairs(ReadOnlySpan<char> part, List<string> parts)
    {
        if (part.Length == 1) parts.Add(part.ToString());
        for (int i = 0; i + 1 < part.Length; i++) parts.Add(part.Slice(i, 2).ToString());
    }

    /// <summary>Scripts written without spaces: Thai, kana, Han, Hangul. Han outside the basic plane counts by halves, which is the same on both sides.</summary>
    private static bool IsUnspaced(char c) =>
        c is >= '\u0E00' and <= '\u0E7F' or >= '\u3040' and <= '\u30FF' or >= '\u31F0' and <= '\u31FF' or >= '\u3400' and <= '\u9FFF'
            or >= '\uAC00' and <= '\uD7AF' or >= '\uF900' and <= '\uFAFF';
}
