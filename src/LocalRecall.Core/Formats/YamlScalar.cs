using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LocalRecall.Core.Formats;

/// <summary>Writes a string as the old system did (js-yaml 3, 80 columns), so that files it wrote stay byte for byte the same.</summary>
internal static partial class YamlScalar
{
    /// <param name="indent">Columns that the lines of a folded block stand in.</param>
    public static string Write(string value, int indent)
    {
        if (value.Length == 0) return "''";
        foreach (char c in value)
            if (!IsPrintable(c)) return DoubleQuoted(value);

        int width = 80 - indent;
        if (value.Length > width && value[0] != ' ') return $">-\n{Folded(value, width, new string(' ', indent))}";
        return IsPlain(value) ? value : $"'{value.Replace("'", "''")}'";
    }

    private static bool IsPrintable(char c) =>
        c is >= ' ' and <= '~' or (>= '\u00A1' and <= '\uD7FF' and not ('\u2028' or '\u2029')) or (>= '\uE000' and <= '\uFFFD' and not '\uFEFF');

    private static bool IsPlain(string value) =>
        !"-?:,[]{}#&*!|=>'\"%@` ".Contains(value[0]) && value[^1] != ' '
        && value.AsSpan().IndexOfAny(",[]{}:") < 0 && !value.Contains(" #", StringComparison.Ordinal)
        && !OtherType().IsMatch(value);

    /// <summary>Lines broken before the word that goes past the width; only at single spaces or the last of several.</summary>
    private static string Folded(string value, int width, string indent)
    {
        var text = new StringBuilder();
        int lineStart = 0, lastBreak = 0;
        void Line(int end)
        {
            text.Append(indent).Append(value, lineStart, end - lineStart);
            if (end < value.Length) text.Append('\n');
            lineStart = end + 1;
        }

        for (int i = 0; i + 1 < value.Length; i++)
        {
            if (value[i] != ' ' || value[i + 1] == ' ') continue;
            if (i - lineStart > width) Line(lastBreak > lineStart ? lastBreak : i);
            lastBreak = i;
        }
        if (value.Length - lineStart > width && lastBreak > lineStart) Line(lastBreak);
        if (lineStart <= value.Length) Line(value.Length);
        return text.ToString();
    }

    private static string DoubleQuoted(string value)
    {
        var text = new StringBuilder("\"");
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (i + 1 < value.Length && char.IsSurrogatePair(c, value[i + 1])) text.Append(Hex(char.ConvertToUtf32(c, value[++i])));
            else text.Append(c switch
            {
                '\0' => "\\0", '\a' => "\\a", '\b' => "\\b", '\t' => "\\t", '\n' => "\\n", '\v' => "\\v", '\f' => "\\f", '\r' => "\\r",
                '\e' => "\\e", '"' => "\\\"", '\\' => "\\\\", '\u0085' => "\\N", '\u00A0' => "\\_", '\u2028' => "\\L", '\u2029' => "\\P",
                _ => IsPrintable(c) ? c.ToString() : Hex(c),
            });
        }
        return text.Append('"').ToString();
    }

    private static string Hex(int code) => code <= 0xFF ? string.Create(CultureInfo.InvariantCulture, $"\\x{code:X2}")
        : code <= 0xFFFF ? $"\\u{code:X4}" : $"\\U{code:X8}";

    /// <summary>Strings that YAML 1.1 would read as null, a boolean, a number, a time or a merge key.</summary>
    [GeneratedRegex("""
        ^(?:~|null|Null|NULL|<<
        |true|True|TRUE|false|False|FALSE|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF
        |[-+]?0b_*[01][01_]*(?<!_)|[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*(?<!_)|[-+]?0_*[0-7][0-7_]*(?<!_)|[-+]?0
        |[-+]?[1-9][0-9_]*(?<!_)
        |[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?(?<!_)
        |\.[0-9_]+(?:[eE][-+]?[0-9]+)?(?<!_)
        |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)
        |[0-9]{4}-[0-9]{2}-[0-9]{2}
        |[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*
        )\z
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OtherType();
}
