using System.Diagnostics;
using System.Globalization;

namespace LocalRecall.Benchmarks;

/// <summary>What a session of a storm does, whoever answers it: it asks, waits a while, asks again. One line of output for each answer.</summary>
/// <param name="Queries">A file with a query on each line.</param>
/// <param name="Stop">The session ends when this file is there.</param>
/// <param name="Count">The session ends after so many queries.</param>
/// <param name="PauseMs">Between an answer and the next query, on average.</param>
internal sealed record SessionLoop(string Queries, string Stop, int Count, int PauseMs, int Seed)
{
    public static SessionLoop Parse(IReadOnlyList<string> words) =>
        new(words[0], words[1], Number(words[2]), Number(words[3]), Number(words[4]));

    public string[] ToWords() =>
        [Queries, Stop, .. new[] { Count, PauseMs, Seed }.Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <param name="ask">Answers one query; what the host says of the time it took, or null.</param>
    public async Task RunAsync(Func<string, Task<HostTimes?>> ask)
    {
        string[] queries = File.ReadAllLines(Queries);
        var random = new Random(Seed);
        for (int i = 0; i < Count; i++)
        {
            await Task.Delay((int)(PauseMs * (0.5 + random.NextDouble()))).ConfigureAwait(false);
            if (File.Exists(Stop))
                return;
            string query = $"{queries[random.Next(queries.Length)]} {Seed}s{i}";
            DateTimeOffset at = DateTimeOffset.UtcNow;
            long started = Stopwatch.GetTimestamp();
            try
            {
                HostTimes? times = await ask(query).ConfigureAwait(false);
                Console.WriteLine(new SessionAnswer(at, Stopwatch.GetElapsedTime(started).TotalMilliseconds, true, times).ToLine());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Console.WriteLine(new SessionAnswer(at, Stopwatch.GetElapsedTime(started).TotalMilliseconds, false, null).ToLine());
                Console.Error.WriteLine(e.Message);
            }
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}

/// <summary>The host's own account of a search.</summary>
internal sealed record HostTimes(double EmbedMs, double SearchMs, double TotalMs, bool Degraded);

/// <param name="At">When it was asked.</param>
internal sealed record SessionAnswer(DateTimeOffset At, double WallMs, bool Ok, HostTimes? Host)
{
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At.ToUnixTimeMilliseconds()} {WallMs:0.000} {(Ok ? 1 : 0)}{(Host is null ? "" : $" {Host.EmbedMs:0.000} {Host.SearchMs:0.000} {Host.TotalMs:0.000} {(Host.Degraded ? 1 : 0)}")}");

    public static SessionAnswer Parse(string line)
    {
        double[] values = [.. line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        return new SessionAnswer(
            DateTimeOffset.FromUnixTimeMilliseconds((long)values[0]), values[1], values[2] == 1,
            values.Length > 3 ? new HostTimes(values[3], values[4], values[5], values[6] == 1) : null);
    }
}
