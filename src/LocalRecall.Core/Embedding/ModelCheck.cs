using System.Numerics.Tensors;

namespace LocalRecall.Core.Embedding;

/// <summary>What any usable model gets right: of three texts it finds the two that mean the same nearest. Wrong pooling or another model's vocabulary do not.</summary>
public static class ModelCheck
{
    public static IReadOnlyList<string> Texts { get; } =
    [
        "How can I reset my password?",
        "Steps to change a forgotten password",
        "The ship left the harbour at dawn",
    ];

    /// <param name="vectors">Unit vectors of <see cref="Texts"/>, as documents.</param>
    /// <returns>Null: it may be used.</returns>
    public static string? Problem(IReadOnlyList<float[]> vectors)
    {
        float same = TensorPrimitives.Dot<float>(vectors[0], vectors[1]);
        float other = Math.Max(TensorPrimitives.Dot<float>(vectors[0], vectors[2]), TensorPrimitives.Dot<float>(vectors[1], vectors[2]));
        return same > other
            ? null
            : $"It does not tell texts apart: the cosine of two that mean the same is {same:0.00}, of two that do not {other:0.00}. Do its files belong together?";
    }
}
