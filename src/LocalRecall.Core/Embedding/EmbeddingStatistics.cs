namespace LocalRecall.Core.Embedding;

/// <summary>How a request ended.</summary>
public enum EmbeddingOutcome
{
    Answered,

    /// <summary>Its deadline passed first.</summary>
    Expired,

    /// <summary>Turned away: too much was queued.</summary>
    Busy,

    /// <summary>Its asker did not want it any longer, or was gone.</summary>
    Cancelled,

    /// <summary>One of its texts has no vector.</summary>
    Failed,

    /// <summary>The model could not be used.</summary>
    Unavailable,
}

/// <summary>What went through the model, each per second.</summary>
public sealed record EmbeddingRates(double Requests, double Runs, double Texts, double Tokens);

/// <summary>The size of a run.</summary>
/// <param name="PaddedTokens">What the model computes: the longest text times their number.</param>
/// <param name="Elapsed">How long it took, or has taken so far.</param>
public sealed record RunShape(int Texts, int Tokens, int PaddedTokens, TimeSpan Elapsed);

/// <param name="At">The last time.</param>
/// <param name="Times">So often in a row.</param>
public sealed record EmbeddingFailure(DateTimeOffset At, string Reason, int Times);

/// <summary>What <see cref="EmbeddingStatistics"/> knows at one moment.</summary>
/// <param name="Runs">All since the start, like texts, tokens, outcomes, restarts and recreated sessions.</param>
/// <param name="Waits">By lane: from a request's arrival to the run it waited for.</param>
/// <param name="Outcomes">By <see cref="EmbeddingOutcome"/>.</param>
/// <param name="Failures">The latest first.</param>
public sealed record EmbeddingReport(
    long Runs, long Texts, long Tokens, EmbeddingRates Last10Seconds, EmbeddingRates LastMinute,
    IReadOnlyList<Quantiles> Waits, Quantiles RunTimes, RunShape? Running, RunShape? LastRun,
    IReadOnlyList<long> Outcomes, int Restarts, int RecreatedSessions, IReadOnlyList<EmbeddingFailure> Failures);

/// <summary>Keeps count of what the embedding actor does, in bounded memory. Not thread-safe: one actor owns it.</summary>
public sealed class EmbeddingStatistics
{
    public const int MaxFailures = 10;
    public const int MaxReasonLength = 200;

    private const int WindowSeconds = 60;

    private readonly Second[] _seconds = new Second[WindowSeconds + 1];
    private readonly RecentTimes[] _waits = [new(), new()];
    private readonly RecentTimes _runTimes = new();
    private readonly long[] _outcomes = new long[Enum.GetValues<EmbeddingOutcome>().Length];
    private readonly LinkedList<EmbeddingFailure> _failures = [];
    private (RunShape Shape, DateTimeOffset StartedAt)? _running;
    private RunShape? _lastRun;
    private long _runs;
    private long _texts;
    private long _tokens;
    private int _restarts;
    private int _recreatedSessions;

    public void RunStarted(int texts, int tokens, int paddedTokens, DateTimeOffset now) =>
        _running = (new RunShape(texts, tokens, paddedTokens, TimeSpan.Zero), now);

    /// <summary>The run in progress has produced its vectors.</summary>
    public void RunCompleted(TimeSpan took, DateTimeOffset now)
    {
        if (_running is not { } run)
        {
            return;
        }

        _running = null;
        _lastRun = run.Shape with { Elapsed = took };
        _runTimes.Add(now, took);
        _runs++;
        _texts += run.Shape.Texts;
        _tokens += run.Shape.Tokens;
        ref Second second = ref SecondOf(now);
        second.Runs++;
        second.Texts += run.Shape.Texts;
        second.Tokens += run.Shape.Tokens;
    }

    /// <summary>Nothing is running, whatever was; for when the actor has been made anew.</summary>
    public void RunLost() => _running = null;

    /// <param name="wait">How long it was queued; null when it never was, or never ran.</param>
    public void Finished(EmbeddingLane lane, EmbeddingOutcome outcome, TimeSpan? wait, DateTimeOffset now)
    {
        _outcomes[(int)outcome]++;
        SecondOf(now).Requests++;
        if (wait is { } queued)
        {
            _waits[(int)lane].Add(now, queued);
        }
    }

    /// <summary>The run in progress ended without vectors, or the model can't be used. The same reason again only counts.</summary>
    public void Failed(string reason, DateTimeOffset now)
    {
        _running = null;
        string line = reason.ReplaceLineEndings(" ");
        line = line.Length > MaxReasonLength ? line[..(MaxReasonLength - 1)].TrimEnd() + "…" : line;
        int times = 1;
        if (_failures.First is { } last && last.Value.Reason == line)
        {
            times += last.Value.Times;
            _failures.RemoveFirst();
        }

        _failures.AddFirst(new EmbeddingFailure(now, line, times));
        if (_failures.Count > MaxFailures)
        {
            _failures.RemoveLast();
        }
    }

    /// <summary>The worker has been started anew after a failure.</summary>
    public void Restarted() => _restarts++;

    /// <summary>The session has been closed and opened again on purpose: it hung, or held too much memory.</summary>
    public void SessionRecreated() => _recreatedSessions++;

    public EmbeddingReport Report(DateTimeOffset now) => new(
        _runs, _texts, _tokens, Rates(10, now), Rates(WindowSeconds, now),
        [.. _waits.Select(w => w.Quantiles(now))], _runTimes.Quantiles(now),
        _running is { } run ? run.Shape with { Elapsed = now - run.StartedAt } : null, _lastRun,
        [.. _outcomes], _restarts, _recreatedSessions, [.. _failures]);

    /// <summary>Over whole seconds gone by, and what has gone by of this one.</summary>
    private EmbeddingRates Rates(int seconds, DateTimeOffset now)
    {
        long current = NumberOf(now);
        var sum = default(Second);
        foreach (Second second in _seconds)
        {
            if (second.Number >= current - seconds && second.Number <= current)
            {
                sum.Requests += second.Requests;
                sum.Runs += second.Runs;
                sum.Texts += second.Texts;
                sum.Tokens += second.Tokens;
            }
        }

        double length = seconds + (now.UtcTicks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond);
        return new EmbeddingRates(sum.Requests / length, sum.Runs / length, sum.Texts / length, sum.Tokens / length);
    }

    private static long NumberOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerSecond;

    private ref Second SecondOf(DateTimeOffset now)
    {
        long number = NumberOf(now);
        ref Second second = ref _seconds[number % _seconds.Length];
        if (second.Number != number)
        {
            second = new Second { Number = number };
        }

        return ref second;
    }

    private struct Second
    {
        public long Number;
        public int Requests;
        public int Runs;
        public int Texts;
        public int Tokens;
    }
}
