using System.Text.Json;

namespace LocalRecall.Benchmarks.Load;

/// <summary>Answers of one kind, over all rounds.</summary>
internal sealed class Answers
{
    private readonly List<double> _wallMs = [];

    public List<HostTimes> Host { get; } = [];

    /// <summary>Of those that were answered.</summary>
    public IReadOnlyList<double> WallMs => _wallMs;

    /// <summary>Not answered, or too late.</summary>
    public int Failed { get; private set; }

    public int Asked { get; private set; }

    public int Degraded => Host.Count(times => times.Degraded);

    /// <summary>Takes what a short-lived process left; <c>recall</c>'s output tells the host's times too.</summary>
    public void AddProcess(ChildEnd end, TimeSpan? patience = null)
    {
        const int NothingFound = 3;
        bool answered = end.ExitCode is 0 or NothingFound;
        Add(end.Wall, answered, patience);
        string output = File.ReadAllText(end.Output);
        if (!answered || !output.StartsWith('{'))
            return;
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement times = json.RootElement.GetProperty("timings");
        Host.Add(new HostTimes(
            times.GetProperty("embedMs").GetDouble(), times.GetProperty("searchMs").GetDouble(), times.GetProperty("totalMs").GetDouble(),
            json.RootElement.GetProperty("degraded").ValueKind == JsonValueKind.String));
    }

    /// <summary>Takes the answers that a session got to what it asked within that time.</summary>
    public void AddSession(ChildEnd end, DateTimeOffset from, DateTimeOffset until, TimeSpan? patience = null)
    {
        foreach (SessionAnswer answer in File.ReadLines(end.Output).Select(SessionAnswer.Parse).Where(answer => answer.At >= from && answer.At < until))
        {
            Add(TimeSpan.FromMilliseconds(answer.WallMs), answer.Ok, patience);
            if (answer.Host is not null)
                Host.Add(answer.Host);
        }
    }

    /// <summary>Queries that were never answered.</summary>
    public void AddLost(int count) => (Asked, Failed) = (Asked + count, Failed + count);

    /// <summary>p50, p95, p99 as cells of a table.</summary>
    public static string[] Percentiles(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted is [] ? ["", "", ""] : [.. new[] { 0.5, 0.95, 0.99 }.Select(share => Spread.Number(Spread.Percentile(sorted, share)))];
    }

    public static double P99(IEnumerable<double> values) => Spread.Percentile([.. values.Order()], 0.99);

    private void Add(TimeSpan wall, bool answered, TimeSpan? patience)
    {
        Asked++;
        if (answered)
            _wallMs.Add(wall.TotalMilliseconds);
        if (!answered || wall > patience)
            Failed++;
    }
}
