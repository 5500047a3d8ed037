using System.Diagnostics.Metrics;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Metrics;

/// <summary>
/// The instruments of the meter <see cref="MeterName"/> (docs/metrics.md). Actors write; listeners read the gauges from
/// their own threads.
/// </summary>
public sealed class HostMetrics
{
    public const string MeterName = "LocalRecall.Host";

    private readonly Histogram<double> _requestDuration;

    // Written by one actor each, read by any thread.
    private volatile int _clients;
    private volatile int _leases;

    public HostMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _requestDuration = meter.CreateHistogram("localrecall.request.duration", "s", "From a request to its answer.", tags: null, Buckets.Durations);
        meter.CreateObservableGauge("localrecall.clients", () => _clients, "{client}", "Connected clients.");
        meter.CreateObservableGauge("localrecall.leases", () => _leases, "{lease}", "Leases that keep the host alive.");
    }

    public int Clients
    {
        set => _clients = value;
    }

    public int Leases
    {
        set => _leases = value;
    }

    /// <param name="failure">Null: it got what it asked for.</param>
    public void Served(IRequest request, FailureCode? failure, TimeSpan took) => Record(request, failure?.ToName() ?? "answered", took);

    /// <summary>Nobody waited any more.</summary>
    public void Cancelled(IRequest request, TimeSpan took) => Record(request, "cancelled", took);

    private void Record(IRequest request, string outcome, TimeSpan took) => _requestDuration.Record(
        took.TotalSeconds,
        new KeyValuePair<string, object?>("request", MessageCodec.ManifestOf(request)),
        new KeyValuePair<string, object?>("outcome", outcome));
}
