using System.Text;

namespace LocalRecall.Core.Redaction;

/// <summary>What somebody put between <c>&lt;private&gt;</c> and <c>&lt;/private&gt;</c> is never kept: any case, with attributes, nested; one that is not closed goes on to the end.</summary>
public static class PrivateBlocks
{
    private const string Name = "private";

    /// <summary>The text without them. Where one stood between two words, a space keeps these apart.</summary>
    public static string Drop(string text)
    {
        if (!text.Contains(Name, StringComparison.OrdinalIgnoreCase)) return text;
        var kept = new StringBuilder(text.Length);
        int depth = 0, from = 0;
        for (int at = text.IndexOf('<'); at >= 0; at = text.IndexOf('<', at))
        {
            if (TagAt(text, at) is not { } tag)
            {
                at++;
                continue;
            }
            if (depth == 0) Keep(kept, text.AsSpan(from..at));
            depth = tag.Kind switch { TagKind.Open => depth + 1, TagKind.Close => Math.Max(0, depth - 1), _ => depth };
            at = from = tag.End;
        }
        if (depth == 0) Keep(kept, text.AsSpan(from));
        return kept.ToString();
    }

    private enum TagKind { Open, Close, Empty }

    private static void Keep(StringBuilder kept, ReadOnlySpan<char> piece)
    {
        if (piece.Length == 0) return;
        if (kept.Length > 0 && !char.IsWhiteSpace(kept[^1]) && !char.IsWhiteSpace(piece[0])) kept.Append(' ');
        kept.Append(piece);
    }

    /// <summary>A tag cut off before its end counts: what follows was meant to be private.</summary>
    private static (TagKind Kind, int End)? TagAt(string text, int at)
    {
        int i = at + 1;
        bool closes = i < text.Length && text[i] == '/';
        if (closes) i++;
        while (closes && i < text.Length && char.IsWhiteSpace(text[i]) && i < at + 8) i++;
        if (string.Compare(text, i, Name, 0, Name.Length, StringComparison.OrdinalIgnoreCase) != 0) return null;
        i += Name.Length;
        if (i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] is '_' or '-' or ':' or '.')) return null;

        int end = text.AsSpan(i).IndexOfAny('<', '>');
        int next = end < 0 ? text.Length : i + end;
        bool isEmpty = text.AsSpan(i..next).Trim() is "/";
        if (next < text.Length && text[next] == '>') next++;
        return (closes ? TagKind.Close : isEmpty ? TagKind.Empty : TagKind.Open, next);
    }
}
