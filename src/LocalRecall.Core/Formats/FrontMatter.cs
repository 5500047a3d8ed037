using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LocalRecall.Core.Formats;

/// <summary>The YAML between two <c>---</c> lines at the start of a file, every scalar as the string that stands there, and the text after it.</summary>
internal sealed class FrontMatter
{
    private static readonly string[] MemoryKeys = ["id", "subject", "applies_to", "occurred_at", "content_hash"];

    // Time to scan grows with the square of the depth.
    private const int MaxLength = 65_536;
    private const int MaxBrackets = 1000;

    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);

    private FrontMatter(string rest) => Rest = rest;

    /// <summary>Everything after the closing line, untouched.</summary>
    public string Rest { get; }

    /// <summary>Why the YAML can't be read, or null.</summary>
    public ReadFault? Fault { get; private set; }

    public bool IsMap { get; private set; }

    public bool HasCarriageReturns { get; private init; }

    /// <summary>Two of the old system's keys are enough; one alone is common in other people's Markdown.</summary>
    public bool LooksLikeMemory { get; private set; }

    public string? this[string key] => _values.TryGetValue(key, out IReadOnlyList<string>? found) && found.Count > 0 ? string.Join(", ", found) : null;

    public IReadOnlyList<string>? List(string key) => _values.GetValueOrDefault(key);

    public static FrontMatter? Find(string text)
    {
        if (NextLine(text, 0, out int start) is not "---") return null;
        for (int at = start; at < text.Length;)
        {
            ReadOnlySpan<char> line = NextLine(text, at, out int next);
            if (line is "---")
            {
                string yaml = text[start..at];
                var front = new FrontMatter(text[next..]) { HasCarriageReturns = yaml.Contains('\r') };
                front.Parse(yaml);
                return front;
            }
            at = next;
        }
        return null;
    }

    private static ReadOnlySpan<char> NextLine(string text, int at, out int next)
    {
        int end = text.IndexOf('\n', at);
        next = end < 0 ? text.Length : end + 1;
        return text.AsSpan(at, (end < 0 ? text.Length : end) - at).TrimEnd(" \t\r");
    }

    private void Parse(string yaml)
    {
        if (yaml.Length > MaxLength || yaml.AsSpan().Count('[') + yaml.AsSpan().Count('{') > MaxBrackets)
        {
            Break(yaml, 0, "it is too long or too deep.");
            return;
        }
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _)) return;
            parser.Consume<DocumentStart>();
            if (!parser.TryConsume<MappingStart>(out _)) return;
            IsMap = true;
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (!parser.TryConsume<Scalar>(out var key))
                {
                    parser.SkipThisAndNestedEvents();
                    parser.SkipThisAndNestedEvents();
                    continue;
                }
                _values[key.Value] = ReadValue(parser);
            }
            LooksLikeMemory = _values.Keys.Count(MemoryKeys.Contains) >= 2;
        }
        catch (YamlException e)
        {
            Break(yaml, (int)e.Start.Line + 1, e.Message);
        }
        catch (InvalidOperationException)
        {
            // What YamlDotNet's scanner throws where a list or map is not closed.
            Break(yaml, 0, "a bracket or brace is not closed.");
        }
    }

    private void Break(string yaml, int line, string why)
    {
        Fault = new ReadFault(line, $"The front matter is not valid YAML: {why}", MemoryKept: false);
        LooksLikeMemory = yaml.Split('\n').Count(l => MemoryKeys.Any(k => l.StartsWith(k + ":", StringComparison.Ordinal))) >= 2;
    }

    /// <summary>A scalar or the scalars of a list; nested maps are passed over.</summary>
    private static List<string> ReadValue(Parser parser)
    {
        var values = new List<string>();
        if (parser.TryConsume<Scalar>(out var scalar)) Add(scalar);
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                if (parser.TryConsume<Scalar>(out var item)) Add(item);
                else parser.SkipThisAndNestedEvents();
            }
        }
        else parser.SkipThisAndNestedEvents();
        return values;

        void Add(Scalar s)
        {
            if (s.Style != ScalarStyle.Plain || s.Value is not ("" or "~" or "null")) values.Add(s.Value);
        }
    }
}
