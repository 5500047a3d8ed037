using System.Globalization;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>How the host is, for people to read: line by line, or all of it on one.</summary>
internal static class StatusLines
{
    public static IEnumerable<string> Of(HostStatus status)
    {
        ModelStatus model = status.Model;
        IndexStatus index = status.Index;
        yield return Invariant($"host    {Clean.Line(status.HostVersion)}, process {status.Pid}, up {Duration(status.UptimeMs)}, {Count(status.Clients, "client")}");
        yield return $"memory  {Memory(status)}";
        yield return $"home    {Clean.Line(status.Home)}";
        yield return Invariant($"model   {Clean.Line(model.Id)} {Clean.Line(model.State)}, {Count(model.Texts, "text")} and {Count(model.Tokens, "token")} in {Count(model.Runs, "run")}");
        foreach (string line in Problem(model.Problem))
        {
            yield return line;
        }

        if (model.Activity is { } activity)
        {
            foreach (string line in Of(activity))
            {
                yield return line;
            }
        }
        else
        {
            yield return Invariant($"queue   {Count(model.QueuedQueries, "text")} of queries, {model.QueuedIngest} of ingest");
        }

        string kinds = string.Join(", ", index.Memories.Select(k => Invariant($"{k.Count} {Clean.Line(k.Kind)}")));
        yield return Invariant($"index   {Clean.Line(index.State)}, {(kinds.Length > 0 ? kinds : "empty")}; {index.Chunks} chunks ({index.PendingChunks} pending), {index.Vectors} vectors, {index.Sources} sources, {Megabytes(index.FileBytes)}");
        foreach (string line in Problem(index.Problem))
        {
            yield return line;
        }
    }

    /// <summary>The least of it that is worth watching, on one line.</summary>
    /// <param name="processorLoad">1 is one processor fully used; null: not known yet.</param>
    public static string OneLine(HostStatus status, double? processorLoad)
    {
        ModelStatus model = status.Model;
        string line = Invariant($"model {Clean.Line(model.State)}, queued {model.QueuedQueries}+{model.QueuedIngest}");
        if (model.Activity is { } activity)
        {
            RatesStatus rates = activity.Last10Seconds;
            OutcomesStatus outcomes = activity.Outcomes;
            line += Invariant($", {rates.Texts:0.0} texts/s, {rates.Tokens:0} tokens/s, query wait p99 {Ms(activity.QueryWaitMs.P99)}, run p99 {Ms(activity.RunMs.P99)}")
                + Invariant($", answered {outcomes.Answered}, busy {outcomes.Busy}, expired {outcomes.Expired}, failed {outcomes.Failed + outcomes.Unavailable}");
        }

        return line + Invariant($", {Megabytes(status.WorkingSetBytes)}, cpu {Percent(processorLoad)}");
    }

    /// <summary>How busy the host's threads were between two looks; null when there was none before at the same process.</summary>
    public static double? ProcessorLoad(HostStatus? before, HostStatus now) =>
        before is { ProcessorTimeMs: > 0 } && before.Pid == now.Pid && now.UptimeMs > before.UptimeMs
            ? (double)(now.ProcessorTimeMs - before.ProcessorTimeMs) / (now.UptimeMs - before.UptimeMs)
            : null;

    public static string Percent(double? load) => load is { } known ? Invariant($"{known * 100:0} %") : "-";

    private static IEnumerable<string> Of(ModelActivity activity)
    {
        yield return $"queue   queries  {Lane(activity.Queries)}";
        yield return $"        ingest   {Lane(activity.Ingest)}";
        yield return activity.Running is { } running
            ? $"run     {Shape(running)}, for {Ms(running.ElapsedMs)} now; at most {activity.MaxRunTokens} padded"
            : activity.LastRun is { } last
                ? $"run     none now; the last: {Shape(last)}, {Ms(last.ElapsedMs)}; at most {activity.MaxRunTokens} padded"
                : $"run     none yet; at most {activity.MaxRunTokens} padded tokens";
        yield return $"speed   10 s     {Rates(activity.Last10Seconds)}";
        yield return $"        1 min    {Rates(activity.LastMinute)}";
        yield return $"times   queries waited  {Times(activity.QueryWaitMs)}";
        yield return $"        ingest waited   {Times(activity.IngestWaitMs)}";
        yield return $"        runs took       {Times(activity.RunMs)}";
        OutcomesStatus o = activity.Outcomes;
        yield return Invariant($"ended   {o.Answered} answered, {o.Busy} busy, {o.Expired} expired, {o.Cancelled} cancelled, {o.Failed} failed, {o.Unavailable} without a model; {Count(activity.Restarts, "restart")}, {Count(activity.RecreatedSessions, "recreated session")}");
        foreach (ModelFailure failure in activity.Failures)
        {
            string times = failure.Times > 1 ? Invariant($" ({failure.Times} times)") : "";
            yield return Invariant($"failed  {failure.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {Clean.Line(failure.Reason)}{times}");
        }
    }

    private static string Memory(HostStatus status) =>
        Megabytes(status.WorkingSetBytes) +
        (status.PeakWorkingSetBytes > 0 ? $", at most {Megabytes(status.PeakWorkingSetBytes)}" : "") +
        (status.ProcessorTimeMs > 0 ? Invariant($"; {status.ProcessorTimeMs / 1000.0:0.0} s of processor time") : "");

    private static string Lane(LaneStatus lane) => lane.Texts == 0
        ? "nothing waits"
        : $"{Count(lane.Texts, "text")} ({Count(lane.Tokens, "token")}), the oldest for {Ms(lane.OldestWaitMs)}";

    private static string Shape(RunStatus run) => $"{Count(run.Texts, "text")}, {Count(run.Tokens, "token")} ({run.PaddedTokens} padded)";

    private static string Rates(RatesStatus rates) =>
        Invariant($"{rates.Requests,7:0.0} requests/s {rates.Runs,7:0.0} runs/s {rates.Texts,7:0.0} texts/s {rates.Tokens,8:0} tokens/s");

    private static string Times(QuantilesStatus times) => times.Count == 0
        ? "none in the last minute"
        : $"p50 {Ms(times.P50),8}  p95 {Ms(times.P95),8}  p99 {Ms(times.P99),8}  of {times.Count}";

    private static string Ms(double ms) => ms switch
    {
        < 10 => Invariant($"{ms:0.0} ms"),
        < 10_000 => Invariant($"{ms:0} ms"),
        _ => Invariant($"{ms / 1000:0.0} s"),
    };

    private static IEnumerable<string> Problem(string? problem) =>
        problem is null ? [] : Clean.Lines(problem).Split('\n').Select(line => $"        {line}");

    private static string Count(long number, string what) => Invariant($"{number} {what}{(number == 1 ? "" : "s")}");

    private static string Megabytes(long bytes) => Invariant($"{bytes / 1048576.0:0.0} MB");

    private static string Duration(long ms) => TimeSpan.FromMilliseconds(ms) switch
    {
        { TotalMinutes: < 1 } t => $"{(int)t.TotalSeconds} s",
        { TotalHours: < 1 } t => $"{(int)t.TotalMinutes} min",
        var t => $"{(int)t.TotalHours} h {t.Minutes} min",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
