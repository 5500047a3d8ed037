using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace LocalRecall.Tests.Actors.Schedules;

/// <summary>
/// Random schedules of the whole host, each from a seed; in those of even seeds the host is ended and started anew, too. To play one alone:
/// <c>LOCALRECALL_SCHEDULE_SEED=123</c>.
/// </summary>
public sealed class HostSchedulesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(250)]
    [InlineData(500)]
    [InlineData(750)]
    public async Task Every_schedule_keeps_the_promises(int firstSeed)
    {
        string? only = Environment.GetEnvironmentVariable("LOCALRECALL_SCHEDULE_SEED");
        IEnumerable<int> seeds = Enumerable.Range(firstSeed, 250)
            .Where(seed => string.IsNullOrEmpty(only) || only == seed.ToString(CultureInfo.InvariantCulture));
        ConcurrentQueue<string> failures = [];
        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            await using var schedule = new HostSchedule(seed, restarts: seed % 2 == 0);
            try
            {
                await schedule.PlayAsync();
            }
            catch (Exception e)
            {
                // The end of a long output may be all that is kept of it: what failed comes last.
                failures.Enqueue($"Seed {seed}, what was done:\n{string.Join('\n', schedule.Log)}\n{e}\nSeed {seed}: {e.Message}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }
}
