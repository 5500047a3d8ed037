using System.Collections.Frozen;

namespace LocalRecall.Core.Ranking;

/// <summary>The words of a query as the full-text index looks them up: plain terms and exact phrases, never syntax.</summary>
/// <param name="Terms">Distinct, lower case, letters and digits only.</param>
/// <param name="Phrases">Distinct; words as in <paramref name="Terms"/>, joined by one space.</param>
public sealed record KeywordQuery(IReadOnlyList<string> Terms, IReadOnlyList<string> Phrases)
{
    public const int MaxTerms = 32;
    public const int MaxPhrases = 8;
    private const int MaxTermLength = 64;
    private const int MaxPhraseWords = 12;
    private const int MaxChars = 8192;

    public static KeywordQuery Empty { get; } = new([], []);

    /// <summary>Those of the terms that the text marks as names: capitals not at the beginning of a sentence, identifiers, paths, numbers.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public bool IsEmpty => Terms.Count == 0 && Phrases.Count == 0;

    /// <summary>Any text. What stands in double quotes, and names of several parts such as paths, become phrases as well as terms. Words that say nothing are left out; a query of nothing else is empty.</summary>
    public static KeywordQuery Parse(string query)
    {
        ReadOnlySpan<char> text = query.AsSpan(0, Math.Min(query.Length, MaxChars));
        var terms = new List<string>();
        var phrases = new List<string>();
        var names = new List<string>();
        List<Range> runs = KeywordText.Runs(text);

        foreach (Range quoted in QuotedParts(text)) AddPhrase(text[quoted], KeywordText.Runs(text[quoted]), phrases);
        for (int i = 0; i < runs.Count;)
        {
            int last = i;
            while (last + 1 < runs.Count && JoinsName(text[runs[last].End..runs[last + 1].Start])) last++;
            if (last > i) AddPhrase(text, runs[i..(last + 1)], phrases);
            for (int first = i; i <= last; i++)
            {
                List<string> added = TermsOf(text[runs[i]]);
                foreach (string term in added) AddTerm(term, terms);
                if (last > first || IsName(text, runs[i])) names.AddRange(added);
            }
        }
        if (terms.Count > 1) terms.RemoveAll(t => t.Length == 1 && char.IsAscii(t[0]));
        return new KeywordQuery(terms, phrases) { Names = [.. names.Distinct().Where(terms.Contains)] };
    }

    private static List<string> TermsOf(ReadOnlySpan<char> run) => [run.ToString().ToLowerInvariant(), .. KeywordText.Parts(run)];

    private static void AddTerm(string term, List<string> terms)
    {
        if (terms.Count < MaxTerms && term.Length <= MaxTermLength && !StopWords.Contains(term) && !terms.Contains(term)) terms.Add(term);
    }

    private static bool IsName(ReadOnlySpan<char> text, Range run)
    {
        ReadOnlySpan<char> word = text[run], before = text[..run.Start].TrimEnd(" \t\"'(`*_-");
        bool beginsSentence = before.IsEmpty || before[^1] is '.' or '!' or '?' or ':' or '\n' or '\r';
        bool name = char.IsUpper(word[0]) && word.Length > 1 && !beginsSentence;
        for (int i = 0; i < word.Length; i++) name |= char.IsDigit(word[i]) || (i > 0 && char.IsUpper(word[i]));
        return name;
    }

    private static void AddPhrase(ReadOnlySpan<char> text, List<Range> runs, List<string> phrases)
    {
        if (runs.Count < 2 || phrases.Count == MaxPhrases) return;
        var words = new List<string>();
        foreach (Range run in runs.Take(MaxPhraseWords)) words.Add(text[run].ToString().ToLowerInvariant());
        if (words.TrueForAll(w => w.Length <= MaxTermLength) && string.Join(' ', words) is var phrase && !phrases.Contains(phrase)) phrases.Add(phrase);
    }

    /// <summary>What stands between the parts of a path, a file name or a snake_case name; not a sentence's end.</summary>
    private static bool JoinsName(ReadOnlySpan<char> between) => between.Length is 1 or 2 && between.IndexOfAnyExcept("_-./\\:@#+") < 0;

    private static List<Range> QuotedParts(ReadOnlySpan<char> text)
    {
        var parts = new List<Range>();
        for (int open = text.IndexOf('"'); open >= 0;)
        {
            int length = text[(open + 1)..].IndexOf('"');
            if (length < 0) break;
            parts.Add((open + 1)..(open + 1 + length));
            int next = text[(open + length + 2)..].IndexOf('"');
            open = next < 0 ? -1 : open + length + 2 + next;
        }
        return parts;
    }

    private static readonly FrozenSet<string> StopWords = (
        "a about after all also am an and any are as at be because been before being but by can could did do does doing don for from had has have having he her here him his how "
        + "i if in into is it its just ll me more my no nor not now of off on once only or our out over own re s same she should so some such t than that the their them then there these "
        + "they this those through to too up us ve very was we were what when where which while who whom why will with would you your")
        .Split(' ').ToFrozenSet();
}
