using System.Globalization;

namespace LocalRecall.Evaluation.Sets;

/// <summary>STS-B: tab-separated, no quotes; field 5 is the score, 0 to 5, fields 6 and 7 are the sentences.</summary>
internal static class StsSet
{
    public const string Kind = "sts";

    public static bool Fits(string file) => File.ReadLines(file).FirstOrDefault() is { } first && Parse(first) is not null;

    public static PairSet Read(string file)
    {
        List<Pair> pairs = [];
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            if (text.Length > 0)
                pairs.Add(Parse(text) ?? throw EvalException.At(file, line, "there must be seven fields between tabs, the fifth a score from 0 to 5, the last two sentences."));
        }

        return new PairSet(Path.GetFileNameWithoutExtension(file), Kind, [file], pairs);
    }

    private static Pair? Parse(string line) => line.Split('\t') is [_, _, _, _, var score, var first, var second, ..]
        && double.TryParse(score, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 5 && first.Length > 0 && second.Length > 0
        ? new Pair(first, second, value)
        : null;
}
