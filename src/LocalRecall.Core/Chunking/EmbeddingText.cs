namespace LocalRecall.Core.Chunking;

/// <summary>The text that is embedded for a chunk: what it is about, then the chunk itself. Made from stored fields only, so that it can be made again.</summary>
public static class EmbeddingText
{
    public const string PathSeparator = " › ";

    private const int MaxSubjectWeight = 64;
    private const int MaxPathWeight = 48;
    private const int LookForSubjectInChars = 400;

    /// <summary>Without the model's prefix. A subject that the text or the heading path begins with is not said twice.</summary>
    public static string Compose(string subject, string headingPath, string text)
    {
        string about = SaysSubject(headingPath, subject) || SaysSubject(text, subject) ? headingPath : Header(subject, headingPath);
        return about.Length == 0 ? text : $"{about}\n{text}";
    }

    /// <summary>The longest that <see cref="Compose"/> puts before the text.</summary>
    internal static string Header(string subject, string headingPath)
    {
        string clipped = Clip(subject, MaxSubjectWeight);
        return headingPath.Length == 0 ? clipped : $"{clipped}\n{headingPath}";
    }

    /// <summary>Outer headings give way when the path gets long.</summary>
    internal static string JoinPath(ReadOnlySpan<string> headings)
    {
        if (headings.IsEmpty) return "";
        string path = Clip(headings[^1], MaxPathWeight);
        for (int i = headings.Length - 2; i >= 0; i--)
        {
            string longer = headings[i] + PathSeparator + path;
            if (Weight(longer) > MaxPathWeight) break;
            path = longer;
        }
        return path;
    }

    private static bool SaysSubject(string text, string subject)
    {
        string wanted = Squeeze(subject.AsSpan().TrimEnd(".…").ToString());
        return wanted.Length > 0 && Squeeze(text[..Math.Min(text.Length, LookForSubjectInChars)]).Contains(wanted, StringComparison.OrdinalIgnoreCase);
    }

    private static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Roughly how many tokens a text can have at most, known without a tokenizer.</summary>
    private static double Weight(ReadOnlySpan<char> text)
    {
        double weight = 0;
        foreach (char c in text) weight += WeightOf(c);
        return weight;
    }

    private static string Clip(string text, double maxWeight)
    {
        double weight = 0;
        for (int i = 0; i < text.Length; i++)
        {
            weight += WeightOf(text[i]);
            if (weight > maxWeight) return text[..(i > 0 && char.IsHighSurrogate(text[i - 1]) ? i - 1 : i)].TrimEnd();
        }
        return text;
    }

    private static double WeightOf(char c) => char.IsAsciiLetterOrDigit(c) || c == ' ' ? 0.3 : c is >= '\uAC00' and <= '\uD7AF' ? 3 : 1;
}
