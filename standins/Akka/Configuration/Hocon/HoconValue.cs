using System.Globalization;
using System.Text.RegularExpressions;

namespace Akka.Configuration.Hocon;

/// <summary>What stands to the right of a key: one object, or pieces that are joined into an array or a string.</summary>
public class HoconValue : IMightBeAHoconObject
{
    private static readonly Regex Duration = new(
        @"^(?<value>[0-9]+(\.[0-9]+)?)\s*(?<unit>[a-z]+)$", RegexOptions.CultureInvariant);

    public HoconValue() : this([]) { }

    public HoconValue(List<IHoconElement> values, bool adoptedFromFallback = true) => Values = values;

    public List<IHoconElement> Values { get; }

    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    public void AppendValue(IHoconElement value) => Values.Add(value);

    public void Clear() => Values.Clear();

    public void NewValue(IHoconElement value)
    {
        Values.Clear();
        Values.Add(value);
    }

    public bool IsObject() => GetObject() is not null;

    /// <summary>The object this is, or null. An object after a substitution is merged over what it stands for.</summary>
    public HoconObject GetObject() => Values switch
    {
        [] => null,
        [HoconObject only] => only,
        [IMightBeAHoconObject only] when only.IsObject() => only.GetObject(),
        _ => MergeParts()
    };

    private HoconObject MergeParts()
    {
        HoconObject merged = null;
        foreach (var part in Values)
        {
            var next = part switch
            {
                HoconObject o => o,
                IMightBeAHoconObject m when m.IsObject() => m.GetObject(),
                _ => null
            };
            if (next is null)
            {
                if (part is HoconLiteral { IsBlank: true })
                    continue;
                return null;
            }

            merged = merged is null ? next : merged.MergedWith(next);
        }

        return merged;
    }

    public HoconValue GetChildObject(string key) => GetObject()?.GetKey(key);

    public Config ToConfig() => new(new HoconRoot(this));

    public Config AtKey(string key)
    {
        var parent = new HoconObject();
        parent.Items[key] = this;
        return new Config(new HoconRoot(new HoconValue([parent])));
    }

    public bool IsString() => Values.Count > 0 && Values.TrueForAll(v => v.IsString());

    /// <summary>The joined text; null for an object, an array or an unquoted <c>null</c>.</summary>
    public string GetString()
    {
        if (!IsString())
            return null;
        var text = string.Concat(Values.Select(v => v.GetString())).Trim();
        return text == "null" ? null : text;
    }

    public bool IsArray() => GetArray().Count != 0;

    public IList<HoconValue> GetArray() => Values.Where(v => v.IsArray()).SelectMany(v => v.GetArray()).ToList();

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var other => throw new NotSupportedException($"Unknown boolean format: {other}")
    };

    public byte GetByte() => byte.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public int GetInt() => int.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public long GetLong() => long.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public float GetFloat() => float.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public double GetDouble() => double.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public decimal GetDecimal() => decimal.Parse(GetString(), NumberFormatInfo.InvariantInfo);

    public IList<bool> GetBooleanList() => GetArray().Select(v => v.GetBoolean()).ToList();

    public IList<int> GetIntList() => GetArray().Select(v => v.GetInt()).ToList();

    public IList<long> GetLongList() => GetArray().Select(v => v.GetLong()).ToList();

    public IList<double> GetDoubleList() => GetArray().Select(v => v.GetDouble()).ToList();

    public IList<string> GetStringList() => GetArray().Select(v => v.GetString()).ToList();

    public TimeSpan GetTimeSpan(bool allowInfinite = true)
    {
        var text = GetString();
        if (Duration.Match(text) is { Success: true } match)
        {
            var value = Positive(match.Groups["value"].Value);
            switch (match.Groups["unit"].Value)
            {
                case "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds":
                    return TimeSpan.FromTicks((long)Math.Round(value / TimeSpan.NanosecondsPerTick));
                case "us" or "micro" or "micros" or "microsecond" or "microseconds":
                    return TimeSpan.FromTicks((long)Math.Round(value * TimeSpan.TicksPerMicrosecond));
                case "ms" or "milli" or "millis" or "millisecond" or "milliseconds":
                    return TimeSpan.FromMilliseconds(value);
                case "s" or "second" or "seconds":
                    return TimeSpan.FromSeconds(value);
                case "m" or "minute" or "minutes":
                    return TimeSpan.FromMinutes(value);
                case "h" or "hour" or "hours":
                    return TimeSpan.FromHours(value);
                case "d" or "day" or "days":
                    return TimeSpan.FromDays(value);
            }
        }

        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.FromMilliseconds(Positive(text));
    }

    private static double Positive(string text)
    {
        var value = double.Parse(text, NumberFormatInfo.InvariantInfo);
        return value >= 0 ? value : throw new FormatException($"Expected a positive value instead of {value}");
    }

    /// <summary>A size in bytes; k, M, G… and KiB, MiB… count in 1024s, kB, MB… in 1000s.</summary>
    public long? GetByteSize()
    {
        var text = GetString();
        if (string.IsNullOrEmpty(text))
            return null;
        var digits = text.LastIndexOfAny("0123456789".ToCharArray()) + 1;
        var unit = text[digits..].Trim();
        return long.Parse(text[..digits], NumberFormatInfo.InvariantInfo) * UnitBytes(unit);
    }

    private static long UnitBytes(string unit) => unit switch
    {
        "" or "b" or "B" or "byte" or "bytes" => 1,
        "kB" or "kilobyte" or "kilobytes" => 1_000,
        "K" or "k" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => 1L << 10,
        "MB" or "megabyte" or "megabytes" => 1_000_000,
        "M" or "m" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => 1L << 20,
        "GB" or "gigabyte" or "gigabytes" => 1_000_000_000,
        "G" or "g" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => 1L << 30,
        "TB" or "terabyte" or "terabytes" => 1_000_000_000_000,
        "T" or "t" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => 1L << 40,
        _ => throw new FormatException($"{unit} is not a valid byte size suffix")
    };

    public override string ToString() => ToString(0);

    public virtual string ToString(int indent)
    {
        if (IsString())
        {
            var text = GetString() ?? "null";
            return text.Length > 0 && text.AsSpan().IndexOfAny(" \t\n:=,#{}[]\"$") < 0
                ? text
                : '"' + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + '"';
        }

        if (GetObject() is { } obj)
            return indent == 0
                ? obj.ToString(1)
                : $"{{\n{obj.ToString(indent + 1)}{new string(' ', indent * 2)}}}";
        return Values.Exists(v => v.IsArray())
            ? $"[{string.Join(",", GetArray().Select(v => v.ToString(indent + 1)))}]"
            : "<<unknown value>>";
    }
}
