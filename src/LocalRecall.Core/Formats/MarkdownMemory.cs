using System.Text;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>A memory as a Markdown file with front matter, the format that is the truth.</summary>
public static class MarkdownMemory
{
    /// <summary>Where a memory's file belongs below the memory folder: <c>episodic-memory/{id}.md</c>, <c>thinking-memory/{id}.md</c> or <c>exchange-memory/{id}.md</c>.</summary>
    public static string RelativePath(MemoryId id, MemoryKind kind) => kind switch
    {
        MemoryKind.Episodic => $"episodic-memory/{id}.md",
        MemoryKind.Thinking => $"thinking-memory/{id}.md",
        MemoryKind.Exchange => $"exchange-memory/{id}.md",
        _ => throw new ArgumentException("Documents are never written.", nameof(kind)),
    };

    /// <summary>The file's text: keys in their fixed order, LF, the body exactly as supplied and one newline. A project is a last key of our own. Times are cut to milliseconds.</summary>
    public static string Write(Memory memory)
    {
        RelativePath(memory.Id, memory.Kind);
        var text = new StringBuilder("---\n");
        void Key(string key, string value) => text.Append(key).Append(": ").Append(YamlScalar.Write(value, indent: 2)).Append('\n');

        Key("id", memory.Id.ToString());
        Key("subject", memory.Subject);
        if (memory.Kind == MemoryKind.Episodic)
        {
            text.Append("keywords:").Append(memory.Keywords.Count == 0 ? " []\n" : "\n");
            foreach (string keyword in memory.Keywords) text.Append("  - ").Append(YamlScalar.Write(keyword, indent: 4)).Append('\n');
        }
        Key("applies_to", memory.AppliesTo.Text);
        Key("occurred_at", memory.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        Key("content_hash", memory.ContentHash);
        if (memory.Project is not null) Key("project", memory.Project);
        return text.Append("---\n").Append(memory.Body).Append('\n').ToString();
    }

    internal static ReadResult Read(string path, FrontMatter front, DateTimeOffset modifiedAt, string? project, List<ReadFault> faults)
    {
        if (front.Fault is { } fault) return ReadResult.Of(null, [.. faults, fault]);
        var fields = new MemoryFields(front["id"], front["subject"], front.List("keywords"), front["applies_to"], front["occurred_at"], front["content_hash"], front["project"]);
        string body = MemoryFields.ChooseBody(Bodies(front), fields.ContentHash);
        MemoryKind kind = FormatReader.KindFromPath(path)
            ?? (fields.Keywords is null && MemoryRules.IsThinkingBody(body) ? MemoryKind.Thinking : MemoryKind.Episodic);
        return ReadResult.Of(fields.ToMemory(kind, body, modifiedAt, project, line: 0, faults), faults);
    }

    /// <summary>The body ends before the file's last newline. Editors and other tools add blank lines and carriage returns: the hash tells what was meant, and this order if it can't.</summary>
    private static IEnumerable<string> Bodies(FrontMatter front)
    {
        string rest = front.Rest;
        bool returns = rest.Contains('\r');
        string unix = returns ? rest.Replace("\r\n", "\n") : rest;
        string[] spellings = !returns ? [rest] : front.HasCarriageReturns ? [unix, rest] : [rest, unix];
        foreach (string text in spellings)
        {
            int blank = text.StartsWith('\n') ? 1 : text.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 0;
            int last = text.EndsWith("\r\n", StringComparison.Ordinal) && front.HasCarriageReturns ? 2 : text.EndsWith('\n') ? 1 : 0;
            if (blank + last > text.Length) last = 0;
            yield return text[blank..^last];
            if (blank > 0) yield return text[..^last];
            if (last > 0) yield return text[blank..];
            if (blank > 0 && last > 0) yield return text;
        }
    }
}
