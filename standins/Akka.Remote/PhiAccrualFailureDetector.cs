using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// Suspects a remote system from the distribution of its past heartbeat intervals (Hayashibara et al., 2004):
/// phi = -log10 of the chance that a heartbeat still comes after such a silence.
/// </summary>
internal sealed class PhiAccrualFailureDetector
{
    private readonly double _threshold;
    private readonly int _maxSamples;
    private readonly double _minDeviationMs;
    private readonly double _acceptablePauseMs;
    private readonly double _firstIntervalMs;
    private readonly Func<long> _clockMs;
    private readonly Queue<long> _intervalsMs = new();
    private long? _lastMs;

    /// <param name="config">The section <c>akka.remote.watch-failure-detector</c>.</param>
    /// <param name="clockMs">A monotonic clock.</param>
    public PhiAccrualFailureDetector(Config config, Func<long> clockMs)
    {
        _threshold = config.GetDouble("threshold");
        _maxSamples = config.GetInt("max-sample-size");
        _minDeviationMs = config.GetTimeSpan("min-std-deviation").TotalMilliseconds;
        _acceptablePauseMs = config.GetTimeSpan("acceptable-heartbeat-pause").TotalMilliseconds;
        _firstIntervalMs = config.GetTimeSpan("heartbeat-interval").TotalMilliseconds;
        _clockMs = clockMs;
    }

    public bool IsMonitoring => _lastMs is not null;

    public bool IsAvailable => Phi() < _threshold;

    public void Heartbeat()
    {
        if (_lastMs is not { } last)
        {
            // Two made-up samples around the expected interval, with a rather high deviation.
            Add((long)(_firstIntervalMs * 0.75));
            Add((long)(_firstIntervalMs * 1.25));
        }
        else if (IsAvailable) // an interval that ended in suspicion would skew the history
        {
            Add(_clockMs() - last);
        }
        _lastMs = _clockMs();
    }

    private double Phi()
    {
        if (_lastMs is not { } last)
            return 0;
        var silence = _clockMs() - last;
        var average = _intervalsMs.Average();
        var variance = _intervalsMs.Average(interval => (interval - average) * (interval - average));
        var deviation = Math.Max(Math.Sqrt(variance), _minDeviationMs);
        var mean = average + _acceptablePauseMs;
        // A logistic approximation of the normal distribution's tail.
        var y = (silence - mean) / deviation;
        var e = Math.Exp(-y * (1.5976 + 0.070566 * y * y));
        return -Math.Log10(silence > mean ? e / (1 + e) : 1 - 1 / (1 + e));
    }

    private void Add(long intervalMs)
    {
        if (_intervalsMs.Count == _maxSamples)
            _intervalsMs.Dequeue();
        _intervalsMs.Enqueue(intervalMs);
    }
}
