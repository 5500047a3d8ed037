namespace LocalRecall.Core.Redaction;

/// <summary>Private keys between BEGIN and END lines (PEM, OpenSSH, PGP), with real or escaped line breaks; also those cut off before their END.</summary>
internal static class PrivateKeys
{
    public const string Kind = "private-key";

    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";
    private const int MaxLabel = 64;
    private const int LongWord = 16;

    public static void Find(string text, List<Secret> found)
    {
        for (int at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Begin, at, StringComparison.Ordinal))
        {
            int label = at + Begin.Length;
            int end = AfterLabel(text, label);
            if (end < 0 || !text.AsSpan(label..end).Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                at = label;
                continue;
            }
            int last = AfterKey(text, end);
            if (last > end) found.Add(new Secret(at, last, Kind));
            at = Math.Max(last, end);
        }
    }

    /// <summary>Behind the dashes that end a label; -1 if none do.</summary>
    private static int AfterLabel(string text, int label)
    {
        int length = text.AsSpan(label, Math.Min(MaxLabel, text.Length - label)).IndexOf(Dashes);
        return length < 0 ? -1 : label + length + Dashes.Length;
    }

    /// <summary>Line by line as long as these look like a key. Returns <paramref name="from"/> if not even the first does.</summary>
    private static int AfterKey(string text, int from)
    {
        int last = from, at = from;
        bool mayEnd = false;
        while (at < text.Length)
        {
            int end = EndOfLine(text, at, out int next);
            ReadOnlySpan<char> line = text.AsSpan(at..end);
            bool empty = line.Trim(" \t\r\"'`+,>|#*/\\").IsEmpty, ends = text.AsSpan(end).StartsWith(End);
            if (!empty && !IsKeyLine(line, mayEnd || ends)) break;
            if (ends) return AfterLabel(text, end + End.Length) is var after and > 0 ? after : end;
            if (!empty) (last, mayEnd) = (at + line.TrimEnd(" \t\r\"'`,\\").Length, line.Length > LongWord);
            if (next == end) break;
            at = next;
        }
        return last;
    }

    /// <summary>At a real line break, one that a string in JSON or code is written with, or the dashes of a mark.</summary>
    private static int EndOfLine(string text, int at, out int next)
    {
        for (int i = at; i < text.Length; i++)
        {
            int length = text[i] switch
            {
                '\n' => 1,
                '\\' when i + 1 < text.Length && text[i + 1] is 'n' or 'r' => 2,
                '-' when text.AsSpan(i).StartsWith(Dashes) => 0,
                _ => -1,
            };
            if (length < 0) continue;
            next = i + length;
            return i;
        }
        return next = text.Length;
    }

    /// <summary>Base64, perhaps behind a line's number or mark, or a header such as <c>Proc-Type: 4,ENCRYPTED</c>.</summary>
    /// <param name="mayBeShort">A line with fewer characters than others: the last one.</param>
    private static bool IsKeyLine(ReadOnlySpan<char> line, bool mayBeShort)
    {
        line = line.Trim(" \t\r\"'`,>|#*\\");
        int colon = line.IndexOf(": ");
        if (colon is > 0 and < 20 && !line[..colon].ContainsAnyExcept(Charset.Header)) return true;

        int longWords = 0, shortWords = 0;
        foreach (Range range in line.SplitAny(' ', '\t'))
        {
            ReadOnlySpan<char> word = line[range].Trim("\"'+,");
            if (word.IsEmpty) continue;
            if (word.ContainsAnyExcept(Charset.Base64)) return false;
            if (word.Length >= LongWord) longWords++;
            else if (word.ContainsAnyExceptInRange('0', '9')) shortWords++;
        }
        return shortWords == 0 || (shortWords == 1 && (longWords > 0 || mayBeShort || line[0] == '='));
    }
}
