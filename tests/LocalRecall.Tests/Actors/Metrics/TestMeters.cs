using System.Diagnostics.Metrics;

namespace LocalRecall.Tests.Actors.Metrics;

/// <summary>Makes meters for one test, and hears what their instruments say.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly List<Meter> _meters = [];
    private readonly List<Instrument> _instruments = [];
    private readonly List<string> _heard = [];

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            lock (_heard)
            {
                if (_meters.Contains(instrument.Meter))
                {
                    _instruments.Add(instrument);
                    listener.EnableMeasurementEvents(instrument);
                }
            }
        };
        _listener.SetMeasurementEventCallback<int>(Hear);
        _listener.SetMeasurementEventCallback<long>(Hear);
        _listener.SetMeasurementEventCallback<double>(Hear);
        _listener.Start();
    }

    public IReadOnlyList<Instrument> Instruments
    {
        get
        {
            lock (_heard)
            {
                return [.. _instruments];
            }
        }
    }

    /// <summary>All that one instrument has said: <c>value tag=value …</c> each. Gauges are asked first.</summary>
    public IReadOnlyList<string> Heard(string instrument)
    {
        _listener.RecordObservableInstruments();
        lock (_heard)
        {
            return [.. _heard.Where(line => line.StartsWith(instrument + " ", StringComparison.Ordinal)).Select(line => line[(instrument.Length + 1)..])];
        }
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        lock (_heard)
        {
            _meters.Add(meter);
        }

        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Meter meter in _meters)
        {
            meter.Dispose();
        }
    }

    private void Hear<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct
    {
        string line = string.Join(' ', [instrument.Name, FormattableString.Invariant($"{value}"), .. tags.ToArray().Select(t => $"{t.Key}={t.Value}")]);
        lock (_heard)
        {
            _heard.Add(line);
        }
    }
}
