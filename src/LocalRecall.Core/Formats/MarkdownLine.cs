namespace LocalRecall.Core.Formats;

/// <summary>The little Markdown that splitting and titles need.</summary>
internal static class MarkdownLine
{
    /// <summary>1 to 6 for a line such as <c>## Title</c>, else 0.</summary>
    public static int HeadingLevel(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = Unindent(line);
        int level = text.IndexOfAnyExcept('#');
        if (level < 0) level = text.Length;
        return level is >= 1 and <= 6 && (level == text.Length || text[level] is ' ' or '\t') ? level : 0;
    }

    public static string HeadingText(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = Unindent(line).TrimStart('#').Trim();
        ReadOnlySpan<char> open = text.TrimEnd('#');
        if (open.Length < text.Length && (open.IsEmpty || char.IsWhiteSpace(open[^1]))) text = open.TrimEnd();
        return text.ToString();
    }

    /// <summary>The run of at least three backticks or tildes that opens a code block, or nothing.</summary>
    public static ReadOnlySpan<char> FenceOf(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = Unindent(line);
        if (text.IsEmpty || text[0] is not ('`' or '~')) return [];
        int length = text.IndexOfAnyExcept(text[0]);
        ReadOnlySpan<char> fence = length < 0 ? text : text[..length];
        return fence.Length >= 3 && (text[0] == '~' || !text[fence.Length..].Contains('`')) ? fence : [];
    }

    public static bool ClosesFence(ReadOnlySpan<char> line, ReadOnlySpan<char> fence)
    {
        ReadOnlySpan<char> text = Unindent(line).TrimEnd();
        return text.Length >= fence.Length && text.IndexOfAnyExcept(fence[0]) < 0;
    }

    public static bool IsListItem(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = line.TrimStart();
        if (text.StartsWith("- ") || text.StartsWith("* ") || text.StartsWith("+ ") || text.StartsWith("|")) return true;
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and < 10 && digits + 1 < text.Length && (text[digits] is '.' or ')') && text[digits + 1] == ' ';
    }

    private static ReadOnlySpan<char> Unindent(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = line.TrimStart(' ');
        return line.Length - text.Length <= 3 ? text : [];
    }
}
