using System.Text;
using Xunit.Sdk;

namespace LocalRecall.Tests.Core;

/// <summary>Random test data from a seed; a failing case names its seed, and <c>Only</c> runs it alone.</summary>
internal sealed class Gen(int seed)
{
    private static readonly string[] Hostile =
    [
        "word", "the", "longer-word-here", ": ", ":", " #", "#", "'", "\"", ", ", "[", "]", "{", "}", "- ", "---", "?", "!", "&", "*", "|", ">", "%", "@", "`", "```",
        " ", "  ", "1", "0", "60e9844276646665", "0x1F", "0b1", "0o7", "0123", "1_000", ".5", "-.inf", ".nan", "2025-12-03", "12:30", "true", "null", "~", "yes", "No", "=", "<<",
        "é", "e\u0301", "日本語", "→", "✅", "😀", "👩‍💻", "\u00a0", "\u2028", "\ufeff", "\\", "\\n", "\t", "\u0007", "\u0085", "…", "<b>", "../", "C:\\", "## ", "&amp;",
    ];

    private readonly Random _random = new(seed);

    public static void ForAll(int cases, Action<Gen> property)
    {
        for (int seed = 1; seed <= cases; seed++) Only(seed, property);
    }

    public static void Only(int seed, Action<Gen> property)
    {
        try
        {
            property(new Gen(seed));
        }
        catch (Exception e)
        {
            throw new XunitException($"Seed {seed}: {e.Message}", e);
        }
    }

    public int Int(int from, int below) => _random.Next(from, below);

    public double Double() => _random.NextDouble();

    public bool Chance(double p) => _random.NextDouble() < p;

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public T[] Many<T>(int from, int below, Func<T> make) => [.. Enumerable.Range(0, Int(from, below)).Select(_ => make())];

    /// <summary>Valid Unicode on one line, not blank.</summary>
    public string Line(int maxLength) => Text(maxLength, "\u2028", "\u0085");

    /// <summary>Valid Unicode with anything in it, line breaks too, not blank.</summary>
    public string Block(int maxLength)
    {
        var text = new StringBuilder();
        int lines = Int(1, 12);
        for (int i = 0; i < lines && text.Length < maxLength; i++)
            text.Append(Chance(0.2) ? "" : Text(Math.Min(200, maxLength - text.Length))).Append(Pick(["\n", "\n\n", "\n---\n", "\r\n", ""]));
        return text.Length > maxLength || string.IsNullOrWhiteSpace(text.ToString()) ? "something" : text.ToString();
    }

    public float[] UnitVector(int dimensions)
    {
        float[] vector = [.. Enumerable.Range(0, dimensions).Select(_ => (float)(Double() + Double() + Double() - 1.5))];
        float norm = MathF.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / norm)];
    }

    private string Text(int maxLength, params string[] without)
    {
        var text = new StringBuilder();
        for (int i = Int(1, 24); i > 0; i--)
        {
            string bit = Pick(Hostile);
            if (text.Length + bit.Length < maxLength && !without.Contains(bit)) text.Append(bit).Append(Chance(0.4) ? " " : "");
        }
        return string.IsNullOrWhiteSpace(text.ToString()) ? "x" : text.ToString();
    }
}
