using System.Globalization;
using System.Text.RegularExpressions;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>The fields of a stored memory as strings, from either format, and the judgement of them. Reading is milder than <see cref="MemoryRules.Validate"/>: what can be used is kept, with a warning.</summary>
internal sealed partial record MemoryFields(
    string? Id, string? Subject, IReadOnlyList<string>? Keywords, string? AppliesTo, string? OccurredAt, string? ContentHash, string? Project)
{
    /// <param name="body">Text, or null if there is none; see <see cref="ChooseBody"/>.</param>
    public Memory? ToMemory(MemoryKind kind, string? body, DateTimeOffset fallbackTime, string? project, int line, List<ReadFault> faults)
    {
        void Report(string reason, bool kept) => faults.Add(new ReadFault(line, reason, kept));

        if (!MemoryId.TryParse(Id, out MemoryId id) || !id.IsVersion4)
        {
            Report(Id is null ? "It has no id." : $"The id '{Short(Id)}' is not a version 4 UUID.", kept: false);
            return null;
        }
        if (string.IsNullOrWhiteSpace(Subject))
        {
            Report("It has no subject.", kept: false);
            return null;
        }
        if (string.IsNullOrWhiteSpace(body))
        {
            Report("It has no content.", kept: false);
            return null;
        }

        string subject = Subject;
        if (!MemoryRules.IsOneLine(subject))
        {
            subject = LineBreaks().Replace(subject, " ").Trim();
            Report("The subject is not one line; its line breaks were read as spaces.", kept: true);
        }
        if (subject.Length > MemoryRules.MaxSubjectLength) Report($"The subject has {subject.Length} characters, more than {MemoryRules.MaxSubjectLength}.", kept: true);
        if (body.Length < MemoryRules.MinBodyLength) Report($"The content has {body.Length} characters, fewer than {MemoryRules.MinBodyLength}.", kept: true);

        IReadOnlyList<string> keywords = kind == MemoryKind.Episodic ? Keywords ?? [] : [];
        if (kind == MemoryKind.Episodic && keywords.Count is 0 or > MemoryRules.MaxKeywords) Report($"It has {keywords.Count} keywords instead of 1 to {MemoryRules.MaxKeywords}.", kept: true);

        if (ParseTime(OccurredAt) is not { } occurredAt)
        {
            Report(OccurredAt is null ? "It says no time; the file's was taken." : $"'{Short(OccurredAt)}' is not a time; the file's was taken.", kept: true);
            occurredAt = fallbackTime;
        }
        var memory = new Memory(id, kind, subject, keywords, Memories.AppliesTo.Parse(AppliesTo), occurredAt, Project ?? project, body);
        if (ContentHash is not null && memory.ContentHash is var actual && ContentHash != actual) Report($"content_hash is '{Short(ContentHash)}' but the content hashes to '{actual}'.", kept: true);
        return memory;
    }

    /// <summary>A time in ISO 8601 or as YAML writes it; without a zone it is UTC.</summary>
    internal static DateTimeOffset? ParseTime(string? text)
    {
        if (text is null || !Time().IsMatch(text.Trim())) return null;
        return DateTimeOffset.TryParse(ShortZone().Replace(text.Trim(), "$1${2}:00"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;
    }

    /// <summary>Which of the spellings a file can mean is the one that was hashed; the first if none is.</summary>
    internal static string ChooseBody(IEnumerable<string> candidates, string? contentHash)
    {
        string? first = null;
        foreach (string body in candidates)
        {
            first ??= body;
            if (contentHash is null || Memories.ContentHash.Of(body) == contentHash) return body;
        }
        return first!;
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    [GeneratedRegex(@"^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d*)?)?(?:[ \t]*(?:[Zz]|[-+]\d{1,2}(?::?\d{2})?))?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex(@"(:\d{2}(?:\.\d*)?[ \t]*[-+])(\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortZone();

    [GeneratedRegex(@"[\r\n\u0085\u2028\u2029\0]+\s*", RegexOptions.CultureInvariant)]
    private static partial Regex LineBreaks();
}
