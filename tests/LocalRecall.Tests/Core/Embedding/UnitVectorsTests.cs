using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class UnitVectorsTests
{
    [Theory]
    [InlineData(true, 0.6f, 0.8f)]
    [InlineData(true, 1.0004f, 0)]
    [InlineData(false, 0, 0)]
    [InlineData(false, 1, 1)]
    [InlineData(false, float.NaN, 1)]
    [InlineData(false, float.PositiveInfinity, 0)]
    public void A_unit_vector_is_finite_and_of_length_one(bool expected, float x, float y) => Assert.Equal(expected, UnitVectors.IsUnit([x, y]));
}
