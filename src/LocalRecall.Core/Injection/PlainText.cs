using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LocalRecall.Core.Injection;

/// <summary>Makes text of unknown origin fit to stand in front of a language model: what is seen is all there is, and nothing in it is a tag.</summary>
public static partial class PlainText
{
    /// <summary>Lines stay; terminal sequences, control characters, direction marks and whatever else is invisible go; what could be a tag is written with <c>&amp;lt;</c>.</summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (Rune rune in TerminalSequence().Replace(text.ReplaceLineEndings("\n"), "").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t')
            {
                plain.Append((char)rune.Value);
            }
            else if (rune.Value is '\v')
            {
                plain.Append('\n');
            }
            else if (!IsInvisible(rune))
            {
                plain.Append(rune);
            }
        }

        // Only now: what was invisible may have stood between the bracket and the name.
        return TagBegin().Replace(plain.ToString(), "&lt;");
    }

    /// <summary>The same on one line, for use between double quotes.</summary>
    public static string Line(string text) => WhiteSpace().Replace(Of(text), " ").Trim().Replace('"', '\'');

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0
            or (>= 0xE0000 and <= 0xE0FFF);

    /// <summary>Colours and cursor moves, window titles, and the 8-bit forms of both.</summary>
    [GeneratedRegex("(?:\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\\]|\u009d)[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\\\|\u009c)?|\u001b[ -/]*[0-~]", RegexOptions.CultureInvariant)]
    private static partial Regex TerminalSequence();

    /// <summary>An opening bracket, also its full-width and small forms, unless a space, a digit, an operator or the end follows.</summary>
    [GeneratedRegex(@"[<\uFF1C\uFE64\u276E\u2039](?![\s\d=<\-]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex TagBegin();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
