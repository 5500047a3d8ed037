using System.Text;
using System.Text.RegularExpressions;

namespace LocalRecall.Core.Memories;

public enum MemoryField { Subject, Keywords, AppliesTo, Body }

/// <summary>What is wrong with a memory someone wants to add.</summary>
/// <param name="Message">One plain sentence for the person or agent that sent it.</param>
public sealed record MemoryProblem(MemoryField Field, string Message);

/// <summary>What a new memory must look like. Lengths are UTF-16 units, as in the system whose files we read.</summary>
public static partial class MemoryRules
{
    public const int MaxSubjectLength = 200;
    public const int MaxKeywords = 20;
    public const int MaxKeywordLength = 50;
    public const int MinBodyLength = 10;

    public static IReadOnlyList<MemoryProblem> Validate(Memory memory) =>
        Validate(memory.Kind, memory.Subject, memory.Keywords, memory.AppliesTo.Text, memory.Body);

    /// <summary>Everything that is wrong; empty when it may be stored. Memories read from files are judged more mildly, see <see cref="Formats.FormatReader"/>.</summary>
    public static IReadOnlyList<MemoryProblem> Validate(
        MemoryKind kind, string subject, IReadOnlyList<string> keywords, string appliesTo, string body)
    {
        var problems = new List<MemoryProblem>();
        void Check(bool ok, MemoryField field, string message)
        {
            if (!ok) problems.Add(new MemoryProblem(field, message));
        }

        Check(!string.IsNullOrWhiteSpace(subject), MemoryField.Subject, "The subject is empty; give it 1 to 200 characters.");
        Check(subject.Length <= MaxSubjectLength, MemoryField.Subject, $"The subject has {subject.Length} characters; at most {MaxSubjectLength} are allowed.");
        Check(IsOneLine(subject), MemoryField.Subject, "The subject must be one line of valid text.");

        if (kind == MemoryKind.Episodic)
            Check(keywords.Count is >= 1 and <= MaxKeywords, MemoryField.Keywords, $"{keywords.Count} keywords were given; a fact has 1 to {MaxKeywords}.");
        else
            Check(keywords.Count == 0, MemoryField.Keywords, "Only facts have keywords.");
        foreach (string keyword in keywords)
        {
            Check(!string.IsNullOrWhiteSpace(keyword) && IsOneLine(keyword), MemoryField.Keywords, "A keyword is empty or not one line of valid text.");
            Check(keyword.Length <= MaxKeywordLength, MemoryField.Keywords, $"The keyword '{keyword}' has {keyword.Length} characters; at most {MaxKeywordLength} are allowed.");
        }

        if (kind == MemoryKind.Thinking)
            Check(appliesTo == "global", MemoryField.AppliesTo, "A thinking memory applies to 'global'.");
        else
            Check(IsOneLine(appliesTo) && ScopePattern().IsMatch(appliesTo), MemoryField.AppliesTo,
                "The scope must be 'global', 'file:' with a path, or 'area:' with a name.");

        Check(body.Trim().Length > 0 && body.Length >= MinBodyLength, MemoryField.Body, $"The content has {body.Length} characters; at least {MinBodyLength} are needed.");
        Check(IsText(body), MemoryField.Body, "The content holds NUL characters or broken surrogate pairs.");
        if (kind == MemoryKind.Thinking)
            Check(ThinkingBodyPattern().IsMatch(body), MemoryField.Body, "A thinking memory reads '## Thought', its thinking, '## Output', its output.");
        return problems;
    }

    /// <summary>White space collapsed; over 100 characters cut at the last space (if past 50) with <c>...</c> after it.</summary>
    public static string ThinkingSubject(string thinking)
    {
        string line = WhiteSpace().Replace(thinking, " ").Trim();
        if (line.Length <= 100) return line;
        string cut = line[..(char.IsHighSurrogate(line[99]) ? 99 : 100)];
        int space = cut.LastIndexOf(' ');
        return (space > 50 ? cut[..space] : cut) + "...";
    }

    public static string ThinkingBody(string thinking, string output) => $"## Thought\n\n{thinking}\n\n## Output\n\n{output}";

    public static string ExchangeBody(string prompt, string answer) => $"## Prompt\n\n{prompt}\n\n## Answer\n\n{answer}";

    public static bool IsThinkingBody(string body) => ThinkingBodyPattern().IsMatch(body);

    internal static bool IsOneLine(string text) => IsText(text) && text.AsSpan().IndexOfAny("\r\n\u0085\u2028\u2029") < 0;

    private static bool IsText(string text)
    {
        for (ReadOnlySpan<char> rest = text; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int used) != System.Buffers.OperationStatus.Done || rune.Value == 0) return false;
            rest = rest[used..];
        }
        return true;
    }

    [GeneratedRegex(@"^(global|file:\s*\S.*|area:\s*\S.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ScopePattern();

    [GeneratedRegex(@"^## Thought\n\n.*\n\n## Output\n\n", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex ThinkingBodyPattern();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
