using System.Diagnostics.Metrics;
using LocalRecall.Host.Http;
using LocalRecall.Tests.Actors.Metrics;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class PrometheusMetricsTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly PrometheusMetrics _metrics;
    private readonly Meter _meter;

    public PrometheusMetricsTests()
    {
        _metrics = new PrometheusMetrics(_meters);
        _meter = _meters.Create("test");
    }

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);

    [Fact]
    public void Counters_add_up_by_their_labels()
    {
        Counter<long> counter = _meter.CreateCounter<long>("some.requests", "{request}", "Requests.");
        counter.Add(2, Tag("lane", "query"));
        counter.Add(3, Tag("lane", "query"));
        counter.Add(1, Tag("lane", "ingest"));

        Assert.Equal(
            """
            # HELP some_requests_total Requests.
            # TYPE some_requests_total counter
            some_requests_total{lane="ingest"} 1
            some_requests_total{lane="query"} 5

            """,
            _metrics.Write(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Histograms_count_up_to_each_boundary_and_carry_their_unit()
    {
        Histogram<double> histogram = _meter.CreateHistogram(
            "wait", "s", "Waiting.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.25, 1] });
        histogram.Record(0.25);
        histogram.Record(0.5);
        histogram.Record(4);

        Assert.Equal(
            """
            # HELP wait_seconds Waiting.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{le="0.25"} 1
            wait_seconds_bucket{le="1"} 2
            wait_seconds_bucket{le="+Inf"} 3
            wait_seconds_sum 4.75
            wait_seconds_count 3

            """,
            _metrics.Write(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Gauges_are_asked_each_time_and_text_is_escaped()
    {
        int value = 1;
        _meter.CreateObservableGauge("level", () => new Measurement<int>(value, Tag("what.for", "a\"b\\c\nd")), null, "One\\two\nlines.");
        _metrics.Write();
        value = 7;

        Assert.Equal("# HELP level One\\\\two\\nlines.\n# TYPE level gauge\nlevel{what_for=\"a\\\"b\\\\c\\nd\"} 7\n", _metrics.Write());
    }

    [Fact]
    public void Other_hosts_of_the_process_are_not_heard()
    {
        using var others = new TestMeters();
        others.Create("test").CreateCounter<long>("other").Add(1);

        Assert.Equal("", _metrics.Write());
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
    }
}
