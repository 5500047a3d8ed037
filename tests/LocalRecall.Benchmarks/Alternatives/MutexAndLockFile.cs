using LocalRecall.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>Several threads of a process take turns by a mutex, processes by a lock file; both are held while the model is loaded and while it runs. Each process keeps its model.</summary>
internal sealed class MutexAndLockFile(Surroundings here) : Alternative
{
    private readonly Lock _mutex = new();
    private IEmbedder? _embedder;

    public override int Threads => 3;

    public override void Use(Action<IEmbedder> work)
    {
        lock (_mutex)
        {
            using SafeFileHandle held = LockFile.Wait(here.Folder);
            work(_embedder ??= here.Open());
        }
    }

    public override void Dispose() => _embedder?.Dispose();
}
