using System.Diagnostics.Metrics;
using LocalRecall.Actors.Metrics;
using LocalRecall.Core.Embedding;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Actors.Embedding;

/// <summary>
/// Notes what the embedding actor does, for <c>recall status</c> and as instruments of the meter <see cref="MeterName"/>
/// (docs/metrics.md). Lives longer than the actor, so that counts go on after a restart. One actor writes; listeners read
/// the gauges from their own threads.
/// </summary>
public sealed class EmbeddingMetrics
{
    public const string MeterName = "LocalRecall.Embedding";

    private static readonly string[] LaneNames = ["query", "ingest"];
    private static readonly string[] OutcomeNames = [.. Enum.GetNames<EmbeddingOutcome>().Select(n => n.ToLowerInvariant())];
    private static readonly string[] StateNames = [.. Enum.GetNames<ModelState>().Select(n => n.ToLowerInvariant())];

    private readonly EmbeddingStatistics _statistics = new();
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _runDuration;
    private readonly Histogram<int> _runTexts;
    private readonly Histogram<int> _runTokens;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _recreatedSessions;
    private volatile Levels _levels = new(default, default, 0);
    private volatile int _state;

    public EmbeddingMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _queueDuration = meter.CreateHistogram("localrecall.embedding.queue.duration", "s", "How long a request was queued before its last run began.", tags: null, Buckets.Durations);
        _runDuration = meter.CreateHistogram("localrecall.embedding.run.duration", "s", "How long a run was on the session.", tags: null, Buckets.Durations);
        _runTexts = meter.CreateHistogram("localrecall.embedding.run.texts", "{text}", "Texts of a run.", tags: null, Buckets.Texts);
        _runTokens = meter.CreateHistogram("localrecall.embedding.run.tokens", "{token}", "Tokens of a run.", tags: null, Buckets.Tokens);
        _requests = meter.CreateCounter<long>("localrecall.embedding.requests", "{request}", "Requests that have ended.");
        _restarts = meter.CreateCounter<long>("localrecall.embedding.restarts", "{restart}", "Restarts of the worker after a failure.");
        _recreatedSessions = meter.CreateCounter<long>("localrecall.embedding.sessions.recreated", "{session}", "Sessions closed and opened again on purpose.");
        meter.CreateObservableGauge("localrecall.embedding.queue.texts", () => ByLane(l => l.Texts), "{text}", "Texts that wait.");
        meter.CreateObservableGauge("localrecall.embedding.queue.tokens", () => ByLane(l => l.Tokens), "{token}", "Tokens that wait.");
        meter.CreateObservableGauge("localrecall.embedding.run.limit", () => _levels.MaxRunTokens, "{token}", "Padded tokens a run may have now.");
        meter.CreateObservableGauge("localrecall.embedding.model.state", States, null, "1 for the state the model is in, 0 for the others.");
    }

    /// <summary>The state the model is in from now on.</summary>
    public void Entered(ModelState state)
    {
        _state = (int)state;
        if (state is ModelState.Unloaded)
        {
            _statistics.RunLost();
        }
    }

    /// <summary>What waits now.</summary>
    public void Queued(LaneLevel queries, LaneLevel ingest, int maxRunTokens) => _levels = new Levels(queries, ingest, maxRunTokens);

    public void RunStarted(EmbeddingRun run, DateTimeOffset now)
    {
        _statistics.RunStarted(run.Texts.Count, run.Tokens, run.PaddedTokens, now);
        _runTexts.Record(run.Texts.Count);
        _runTokens.Record(run.Tokens, new KeyValuePair<string, object?>("kind", "real"));
        _runTokens.Record(run.PaddedTokens, new KeyValuePair<string, object?>("kind", "padded"));
    }

    public void RunCompleted(TimeSpan took, DateTimeOffset now)
    {
        _statistics.RunCompleted(took, now);
        _runDuration.Record(took.TotalSeconds);
    }

    /// <summary>The run in progress ended without vectors, or the model can't be used.</summary>
    public void Failed(string reason, DateTimeOffset now) => _statistics.Failed(reason, now);

    /// <param name="wait">How long it was queued; null when it never was, or never ran.</param>
    public void Finished(EmbeddingLane lane, EmbeddingOutcome outcome, TimeSpan? wait, DateTimeOffset now)
    {
        _statistics.Finished(lane, outcome, wait, now);
        var laneTag = new KeyValuePair<string, object?>("lane", LaneNames[(int)lane]);
        _requests.Add(1, laneTag, new KeyValuePair<string, object?>("outcome", OutcomeNames[(int)outcome]));
        if (wait is { } queued)
        {
            _queueDuration.Record(queued.TotalSeconds, laneTag);
        }
    }

    public void Restarted()
    {
        _statistics.Restarted();
        _restarts.Add(1);
    }

    public void SessionRecreated()
    {
        _statistics.SessionRecreated();
        _recreatedSessions.Add(1);
    }

    public EmbeddingReport Report(DateTimeOffset now) => _statistics.Report(now);

    private Measurement<int>[] ByLane(Func<LaneLevel, int> value)
    {
        Levels levels = _levels;
        return
        [
            new(value(levels.Queries), new KeyValuePair<string, object?>("lane", LaneNames[0])),
            new(value(levels.Ingest), new KeyValuePair<string, object?>("lane", LaneNames[1])),
        ];
    }

    private IEnumerable<Measurement<int>> States()
    {
        int current = _state;
        return StateNames.Select((name, i) => new Measurement<int>(i == current ? 1 : 0, new KeyValuePair<string, object?>("state", name)));
    }

    private sealed record Levels(LaneLevel Queries, LaneLevel Ingest, int MaxRunTokens);
}
