using System.Text;
using System.Text.RegularExpressions;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>Turns the bytes of any file we import into memories. Never throws for bad content.</summary>
public static partial class FormatReader
{
    /// <summary>Reads memory files (Markdown with front matter), append-only files (<c>.jsonl</c>), and plain Markdown or text as documents.</summary>
    /// <param name="path">Absolute. Its name and folders tell the kind where the content doesn't.</param>
    /// <param name="modifiedAt">When a document, or a memory without a readable time, is said to have occurred.</param>
    /// <param name="project">Given to memories that don't name their own.</param>
    public static ReadResult Read(string path, ReadOnlySpan<byte> bytes, DateTimeOffset modifiedAt, string? project)
    {
        if (IsAppendOnly(path)) return JsonLines.Read(path, bytes, modifiedAt, project);
        if (bytes.IndexOf((byte)0) >= 0 && !StartsWithUtf16Mark(bytes)) return ReadResult.Broken(0, "It is not a text file: it holds NUL bytes.");

        var faults = new List<ReadFault>();
        string text = Decode(bytes, faults);
        FrontMatter? front = FrontMatter.Find(text);
        return front is { LooksLikeMemory: true }
            ? MarkdownMemory.Read(path, front, modifiedAt, project, faults)
            : DocumentFormat.Read(path, text, front, modifiedAt, project, faults);
    }

    /// <summary>Which kind of memory lives at this path by the old system's names, or null.</summary>
    internal static MemoryKind? KindFromPath(string path) => KindInPath().Matches(path.Replace('\\', '/')) is [.., Match last]
        && MemoryKinds.TryParse(last.Groups["kind"].Value, out MemoryKind kind) ? kind : null;

    private static bool IsAppendOnly(string path) => path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    private static bool StartsWithUtf16Mark(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];

    private static string Decode(ReadOnlySpan<byte> bytes, List<ReadFault> faults)
    {
        (Encoding encoding, int mark) = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ => (Encoding.UTF8, 0),
        };
        if (mark != 2 && !System.Text.Unicode.Utf8.IsValid(bytes))
            faults.Add(new ReadFault(0, "Some bytes are not UTF-8; they were replaced.", MemoryKept: true));
        return encoding.GetString(bytes[mark..]);
    }

    [GeneratedRegex(@"(?:^|/)(?<kind>episodic|thinking|exchange)(?:-memory/|-[0-9]+\.jsonl$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KindInPath();
}
