using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace LocalRecall.Tests.Actors.Embedding;

public sealed class EmbeddingScheduleTests : TestKit
{
    /// <summary>Set to a seed, that one alone is run.</summary>
    private const string SeedVariable = "LOCALRECALL_TEST_SEED";

    private const int Schedules = 1000;

    public EmbeddingScheduleTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }").WithFallback(TestConfiguration.WithVirtualTime))
    {
    }

    [Fact]
    public async Task Whatever_happens_every_request_is_answered_once_and_never_are_there_two_runs()
    {
        int[] seeds = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out int one) ? [one] : [.. Enumerable.Range(1, Schedules)];
        foreach (int seed in seeds)
        {
            using var schedule = new EmbeddingSchedule(seed, Sys);
            Exception? failure = await Record.ExceptionAsync(schedule.RunAsync);
            Assert.True(failure is null, $"Seed {seed} fails ({SeedVariable}={seed} runs it alone): {failure}");
        }
    }
}
