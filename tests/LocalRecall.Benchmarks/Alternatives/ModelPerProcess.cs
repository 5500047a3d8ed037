using LocalRecall.Core.Ports;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>No coordination: every process loads the model when it first needs it and keeps it until it ends.</summary>
internal sealed class ModelPerProcess(Surroundings here) : Alternative
{
    private IEmbedder? _embedder;

    public override void Use(Action<IEmbedder> work) => work(_embedder ??= here.Open());

    public override void Dispose() => _embedder?.Dispose();
}
