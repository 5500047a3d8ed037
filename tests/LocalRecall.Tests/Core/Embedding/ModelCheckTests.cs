using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class ModelCheckTests
{
    [Fact]
    public void Two_that_mean_the_same_must_be_nearest()
    {
        Assert.Null(ModelCheck.Problem([[1, 0], [0.8f, 0.6f], [0, 1]]));
        Assert.Contains("0.60", ModelCheck.Problem([[1, 0], [0.6f, 0.8f], [0, 1]])!);
        Assert.NotNull(ModelCheck.Problem([[1, 0], [1, 0], [1, 0]]));
    }
}
