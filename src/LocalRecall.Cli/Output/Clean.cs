using System.Globalization;
using System.Text;

namespace LocalRecall.Cli.Output;

/// <summary>Makes text from memories harmless on a terminal: no control characters, no reversal of the writing direction.</summary>
internal static class Clean
{
    private const char Replacement = '\uFFFD';

    /// <summary>Keeps line breaks and tabs.</summary>
    public static string Lines(string text) => Replace(text.ReplaceLineEndings("\n"), keepBreaks: true);

    /// <summary>All on one line.</summary>
    public static string Line(string text) => Replace(text.ReplaceLineEndings(" ").Replace('\t', ' '), keepBreaks: false);

    private static string Replace(string text, bool keepBreaks)
    {
        if (!text.Any(c => IsHarmful(c, keepBreaks)))
        {
            return text;
        }

        var clean = new StringBuilder(text);
        for (int i = 0; i < clean.Length; i++)
        {
            if (IsHarmful(clean[i], keepBreaks))
            {
                clean[i] = Replacement;
            }
        }

        return clean.ToString();
    }

    private static bool IsHarmful(char c, bool keepBreaks) => c switch
    {
        '\n' or '\t' => !keepBreaks,
        >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' => true, // bidirectional overrides and isolates
        _ => char.GetUnicodeCategory(c) == UnicodeCategory.Control,
    };
}
