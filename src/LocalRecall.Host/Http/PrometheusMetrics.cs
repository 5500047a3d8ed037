using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LocalRecall.Host.Http;

/// <summary>
/// Adds up what this host's meters say, and writes it in Prometheus' text format 0.0.4:
/// https://prometheus.io/docs/instrumenting/exposition_formats. Names and units are turned as OpenTelemetry does it.
/// </summary>
internal sealed class PrometheusMetrics : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    /// <param name="meters">Whose meters are listened to.</param>
    public PrometheusMetrics(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Note(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Note(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Note(value, tags, state));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach (Family family in _families.Values)
            {
                family.Write(text);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private Family FamilyOf(Instrument instrument)
    {
        lock (_lock)
        {
            Family family = instrument.GetType().Name switch
            {
                ['C', ..] => new Family(instrument, "counter", "_total", []),
                ['H', ..] => new Family(instrument, "histogram", "", BoundariesOf(instrument)),
                _ => new Family(instrument, "gauge", "", []),
            };
            return _families[family.Name] = family;
        }
    }

    private static double[] BoundariesOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } boundaries } => [.. boundaries],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } boundaries } => [.. boundaries.Select(boundary => (double)boundary)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } boundaries } => [.. boundaries.Select(boundary => (double)boundary)],
        _ => [],
    };

    private void Note(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_lock)
        {
            ((Family)state!).Note(value, tags);
        }
    }

    /// <summary>One instrument.</summary>
    private sealed class Family(Instrument instrument, string type, string suffix, double[] boundaries)
    {
        private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

        public string Name { get; } = NameOf(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : "") + suffix;

        private bool IsHistogram => type == "histogram";

        public void Note(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string labels = LabelsOf(tags);
            if (!_series.TryGetValue(labels, out Series? series))
            {
                _series[labels] = series = new Series(new long[boundaries.Length]);
            }

            series.Value = type == "gauge" ? value : series.Value + value;
            series.Count++;
            for (int i = 0; i < boundaries.Length; i++)
            {
                series.Buckets[i] += value <= boundaries[i] ? 1 : 0;
            }
        }

        public void Write(StringBuilder text)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {Escaped(instrument.Description ?? "")}\n# TYPE {Name} {type}\n");
            foreach ((string labels, Series series) in _series)
            {
                if (IsHistogram)
                {
                    for (int i = 0; i < boundaries.Length; i++)
                    {
                        WriteSample(text, "_bucket", With(labels, $"le=\"{Number(boundaries[i])}\""), series.Buckets[i]);
                    }

                    WriteSample(text, "_bucket", With(labels, "le=\"+Inf\""), series.Count);
                    WriteSample(text, "_sum", labels, series.Value);
                    WriteSample(text, "_count", labels, series.Count);
                }
                else
                {
                    WriteSample(text, "", labels, series.Value);
                }
            }
        }

        private void WriteSample(StringBuilder text, string part, string labels, double value) =>
            text.Append(Name).Append(part).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ').Append(Number(value)).Append('\n');

        private static string With(string labels, string label) => labels.Length > 0 ? $"{labels},{label}" : label;

        private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new List<string>(tags.Length);
            foreach ((string name, object? value) in tags)
            {
                string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                labels.Add($"{NameOf(name)}=\"{Escaped(text).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
            }

            return string.Join(',', labels);
        }

        private static string NameOf(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

        private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

        private static string Number(double value) =>
            double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Series(long[] buckets)
    {
        /// <summary>Counts of measurements up to each boundary, those of the smaller ones included.</summary>
        public long[] Buckets => buckets;

        public long Count { get; set; }

        /// <summary>The sum, or a gauge's last value.</summary>
        public double Value { get; set; }
    }
}
