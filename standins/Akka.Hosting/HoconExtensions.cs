using System.Globalization;
using Akka.Configuration;

namespace Akka.Hosting;

/// <summary>Values as HOCON text.</summary>
public static class HoconExtensions
{
    public static string ToHocon(this string? text) => text is null
        ? "null"
        : $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t")}\"";

    public static string ToHocon(this bool value) => value ? "on" : "off";

    public static string ToHocon(this int value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string ToHocon(this double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Milliseconds. A negative time, and zero if so asked, is infinite.</summary>
    /// <exception cref="ConfigurationException">It is infinite and may not be.</exception>
    public static string ToHocon(this TimeSpan value, bool allowInfinite = false, bool zeroIsInfinite = false)
    {
        if (value > TimeSpan.Zero || (value == TimeSpan.Zero && !zeroIsInfinite))
            return value.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        return allowInfinite ? "infinite" : throw new ConfigurationException("Infinite value is not allowed");
    }
}
