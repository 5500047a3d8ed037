using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class FormCheckTests
{
    private static readonly float[][] Vectors = [[1, 0], [0.8f, 0.6f], [0, 1], [-0.6f, 0.8f]];

    [Fact]
    public void One_slow_moment_decides_nothing()
    {
        FormCheck check = FormCheck.Of("a@1", "b@1", [4, 6, 8, 10, 400], [2, 3, 4, 5, 6], Vectors, Vectors);

        Assert.Equal((8, 4, 2.0), (check.SourceMs, check.FormMs, check.Speedup));
        Assert.True(check.IsFaster);
        Assert.Equal((1.0, 6), (check.Agreement, check.Pairs));
    }

    [Fact]
    public void What_is_not_much_faster_is_not_faster()
    {
        Assert.False(FormCheck.Of("a@1", "b@1", [12, 12, 12], [10, 10, 10], Vectors, Vectors).IsFaster);
        Assert.False(FormCheck.Of("a@1", "b@1", [0, 0, 0], [0, 0, 0], Vectors, Vectors).IsFaster);
    }

    [Fact]
    public void A_form_that_ranks_otherwise_does_not_agree()
    {
        FormCheck check = FormCheck.Of("a@1", "b@1", [1], [1], Vectors, [Vectors[3], Vectors[0], Vectors[2], Vectors[1]]);

        Assert.InRange(check.Agreement, -1, 0.9);
        Assert.False(check.Agrees);
    }
}
