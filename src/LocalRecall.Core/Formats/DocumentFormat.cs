using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>Plain Markdown and text: the whole file is one memory of kind <see cref="MemoryKind.Document"/>.</summary>
internal static class DocumentFormat
{
    /// <summary>An empty file holds nothing, and that is no fault.</summary>
    public static ReadResult Read(string path, string text, FrontMatter? front, DateTimeOffset modifiedAt, string? project, List<ReadFault> faults)
    {
        // Front matter that isn't a map of keys is a rule between two lines, or something we don't know: text.
        bool strip = front is { Fault: null, IsMap: true };
        string body = strip ? front!.Rest.TrimStart('\r', '\n') : text;
        if (string.IsNullOrWhiteSpace(body)) return ReadResult.Of(null, faults);

        string subject = (strip ? front!["title"] ?? front["name"] : null) ?? FirstHeading(body) ?? FileName(path);
        return ReadResult.Of(new Memory(IdOf(path), MemoryKind.Document, Cut(subject), [], AppliesTo.Global, modifiedAt, project, body), faults);
    }

    /// <summary>The same path always has the same id: a UUID of version 8.</summary>
    internal static MemoryId IdOf(string path)
    {
        string key = ScopePath.Normalise(path);
        if (ScopePath.IsWindowsLike(key)) key = key.ToUpperInvariant();
        Span<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes("localrecall:document:" + key)).AsSpan(0, 16);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new MemoryId(new Guid(hash, bigEndian: true));
    }

    private static string? FirstHeading(string body)
    {
        ReadOnlySpan<char> fence = [];
        foreach (ReadOnlySpan<char> raw in body.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.TrimEnd();
            if (fence.IsEmpty) fence = MarkdownLine.FenceOf(line);
            else if (MarkdownLine.ClosesFence(line, fence)) fence = [];
            if (fence.IsEmpty && MarkdownLine.HeadingLevel(line) > 0 && MarkdownLine.HeadingText(line) is { Length: > 0 } heading) return heading;
        }
        return null;
    }

    private static string FileName(string path)
    {
        string name = path.Replace('\\', '/').Split('/')[^1];
        int dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    private static string Cut(string subject)
    {
        string line = string.Join(' ', subject.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length == 0) return "(no title)";
        if (line.Length <= MemoryRules.MaxSubjectLength) return line;
        int end = MemoryRules.MaxSubjectLength - 1;
        return line[..(char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)] + "…";
    }
}
