using Xunit;
using Xunit.Sdk;

namespace LocalRecall.Tests.Core.Embedding;

/// <summary>Random schedules, each from a seed, against a model that says what must be true after every step.</summary>
public sealed class EmbeddingQueueScheduleTests
{
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(10_000, true, false)]
    [InlineData(20_000, false, true)]
    [InlineData(30_000, true, true)]
    public void Every_schedule_keeps_the_promises(int firstSeed, bool sharedTexts, bool failures)
    {
        for (int seed = firstSeed; seed < firstSeed + 500; seed++)
        {
            try
            {
                new QueueSchedule(seed, sharedTexts, failures).Play();
            }
            catch (Exception e)
            {
                throw new XunitException($"Seed {seed}: {e}");
            }
        }
    }
}
