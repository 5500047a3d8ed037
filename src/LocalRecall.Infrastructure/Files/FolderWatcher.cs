using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Files;

/// <param name="TendMs">How often it is checked that a watched folder is still there, and still the same.</param>
/// <param name="PollMs">How often a folder is listed that the system can't watch.</param>
/// <param name="RetryMs">How often it is then tried again to have it watched.</param>
public sealed record FolderWatcherOptions(int TendMs = 2000, int PollMs = 10_000, int RetryMs = 300_000);

/// <summary>Watches folders and single files through the system's notifications, which end without a word when the folder is deleted and may run out (inotify's limits): hence the tending and the polling.</summary>
public sealed class FolderWatcher : IFolderWatcher
{
    private readonly TimeProvider _time;
    private readonly FolderWatcherOptions _options;
    private readonly Func<string, FileSystemWatcher> _create;

    public FolderWatcher(TimeProvider time, FolderWatcherOptions? options = null)
        : this(time, options ?? new FolderWatcherOptions(), folder => new FileSystemWatcher(folder))
    {
    }

    internal FolderWatcher(TimeProvider time, FolderWatcherOptions options, Func<string, FileSystemWatcher> create)
    {
        _time = time;
        _options = options;
        _create = create;
    }

    public IDisposable Watch(string folder, Action<string?> changed) =>
        new FolderWatch(ImportRoot.Normalise(folder), changed, _time, _options, _create);
}
