using System.Numerics.Tensors;

namespace LocalRecall.Core.Embedding;

public static class UnitVectors
{
    private const float Tolerance = 1e-3f;

    /// <summary>Finite, and of length one. Anything else a model gives is no vector of a text.</summary>
    public static bool IsUnit(ReadOnlySpan<float> vector) => MathF.Abs(TensorPrimitives.Norm(vector) - 1) <= Tolerance;
}
