using System.Globalization;

namespace LocalRecall.Contracts;

/// <summary>Versions of LocalRecall's programs: <c>major.minor.patch</c>, three plain numbers.</summary>
public static class ReleaseVersion
{
    /// <returns>False also if either is no version: what is not understood is left as it is.</returns>
    public static bool IsNewer(string? version, string? than) =>
        TryParse(version) is { } a && TryParse(than) is { } b && a.CompareTo(b) > 0;

    private static (int Major, int Minor, int Patch)? TryParse(string? text)
    {
        Span<int> numbers = stackalloc int[3];
        string[] parts = (text ?? "").Split('.', numbers.Length + 1);
        if (parts.Length != numbers.Length)
        {
            return null;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return (numbers[0], numbers[1], numbers[2]);
    }
}
