using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Cli.Output;

public sealed class ModelReportTests
{
    [Theory]
    [InlineData("fetch", 0, 0, 0, "looking whether the model's files are there")]
    [InlineData("fetch", 3 << 20, 55 << 20, 0, "fetching the model: 3 of 55 MB")]
    [InlineData("embed", 10, 100, 0, "10 of 100 chunks embedded")]
    [InlineData("embed", 10, 100, 4.5, "10 of 100 chunks embedded, 4.5/s, 20 s left")]
    [InlineData("embed", 0, 90_000, 50, "0 of 90000 chunks embedded, 50.0/s, 30 min left")]
    [InlineData("embed", 0, 900_000, 50, "0 of 900000 chunks embedded, 50.0/s, 5.0 h left")]
    public void Each_step_is_said_in_words(string step, long done, long total, double perSecond, string line) =>
        Assert.Equal(line, ModelReport.Line(new ModelProgress(Guid.NewGuid(), step, done, total, perSecond)));
}
