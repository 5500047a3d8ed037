using System.Globalization;

namespace LocalRecall.Contracts;

/// <summary>Points in time as people and agents write them: <c>2026-11-21</c>, <c>2026-11-21T14:00Z</c>, or an age: <c>30m</c>, <c>12h</c>, <c>7d</c>, <c>2w</c>.</summary>
public static class TimeArgument
{
    public static DateTimeOffset? TryParse(string text, DateTimeOffset now)
    {
        if (text.Length > 1 && char.IsAsciiLetter(text[^1]) &&
            double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
        {
            double? days = char.ToLowerInvariant(text[^1]) switch { 'm' => count / 1440, 'h' => count / 24, 'd' => count, 'w' => count * 7, _ => null };
            return days is { } age && age < (now - DateTimeOffset.MinValue).TotalDays ? now.AddDays(-age) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ? time : null;
    }
}
