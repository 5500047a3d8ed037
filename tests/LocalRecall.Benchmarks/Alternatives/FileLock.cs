using LocalRecall.Core.Ports;
using Microsoft.Win32.SafeHandles;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>A file lock is held while the model is loaded and used: there is one model at a time, and it is loaded for every use.</summary>
internal sealed class FileLock(Surroundings here) : Alternative
{
    public override void Use(Action<IEmbedder> work)
    {
        using SafeFileHandle held = LockFile.Wait(here.Folder);
        using IEmbedder embedder = here.Open();
        work(embedder);
    }
}
