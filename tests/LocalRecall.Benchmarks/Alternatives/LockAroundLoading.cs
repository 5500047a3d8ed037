using LocalRecall.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>One lock file for the whole machine is held while a process loads its model; runs are free. Each process keeps its model.</summary>
internal sealed class LockAroundLoading(Surroundings here) : Alternative
{
    private IEmbedder? _embedder;

    public override void Use(Action<IEmbedder> work) => work(_embedder ??= Load());

    public override void Dispose() => _embedder?.Dispose();

    private IEmbedder Load()
    {
        using SafeFileHandle held = LockFile.Wait(here.Folder);
        return here.Open();
    }
}
