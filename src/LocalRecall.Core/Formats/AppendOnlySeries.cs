using System.Text.RegularExpressions;

namespace LocalRecall.Core.Formats;

/// <summary>Append-only files come in numbered series; a later file may delete what an earlier one added.</summary>
public static partial class AppendOnlySeries
{
    /// <summary>Of these paths, the ones that come after <paramref name="path"/> in its series. None if it belongs to no series.</summary>
    public static IEnumerable<string> After(string path, IEnumerable<string> others)
    {
        (string? series, int number) = Parse(path);
        return series is null ? [] : others.Where(other => Parse(other) is var (otherSeries, otherNumber) && otherSeries == series && otherNumber > number);
    }

    private static (string? Series, int Number) Parse(string path)
    {
        Match match = NumberedName().Match(path);
        return match.Success ? (match.Groups["series"].Value, int.Parse(match.Groups["number"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)) : (null, 0);
    }

    [GeneratedRegex(@"^(?<series>.*[/\\](?:episodic|thinking))-(?<number>[0-9]{6})\.jsonl$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedName();
}
