using LocalRecall.Core.Ports;

namespace LocalRecall.Infrastructure.Files;

/// <summary>One watched folder or file: absent, watched by the system, or polled.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly string _path;
    private readonly Action<string?> _changed;
    private readonly TimeProvider _time;
    private readonly FolderWatcherOptions _options;
    private readonly Func<string, FileSystemWatcher> _create;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private FileSystemWatcher? _watcher;
    private FolderIdentity? _identity;
    private Dictionary<string, SourceStamp?>? _polled;
    private long _polledAt;
    private long _failedAt;
    private volatile bool _disposed;

    public FolderWatch(string path, Action<string?> changed, TimeProvider time, FolderWatcherOptions options, Func<string, FileSystemWatcher> create)
    {
        (_path, _changed, _time, _options, _create) = (path, changed, time, options, create);
        lock (_lock)
        {
            if (Exists) Arm();
        }
        TimeSpan period = TimeSpan.FromMilliseconds(options.TendMs);
        _timer = time.CreateTimer(_ => Tend(), null, period, period);
    }

    private bool Exists => Directory.Exists(_path) || File.Exists(_path);

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
        lock (_lock) Disarm();
    }

    private void Tend()
    {
        // A listing may take longer than the period; the next tick need not wait for it.
        if (!_lock.TryEnter()) return;
        var changes = new List<string?>();
        try
        {
            if (_disposed) return;
            bool absent = _watcher is null && _polled is null;
            if (!Exists)
            {
                if (absent) return;
                Disarm();
                changes.Add(_path);
            }
            else if (absent || _identity is { Holds: false })
            {
                // Come, or deleted and made again: the system still watches what is gone.
                Disarm();
                Arm();
                changes.Add(_path);
            }
            else if (_polled is not null)
            {
                if (IsDue(_polledAt, _options.PollMs)) changes.AddRange(Poll());
                if (IsDue(_failedAt, _options.RetryMs))
                {
                    Arm();
                    changes.Add(null);
                }
            }
        }
        finally
        {
            _lock.Exit();
        }
        foreach (string? change in changes) Report(change);
    }

    private bool IsDue(long since, int afterMs) => _time.GetElapsedTime(since).TotalMilliseconds >= afterMs;

    /// <summary>Has the system watch, else starts to poll.</summary>
    private void Arm()
    {
        FileSystemWatcher? watcher = null;
        FolderIdentity? identity = null;
        try
        {
            bool isFile = File.Exists(_path);
            string folder = isFile ? Path.GetDirectoryName(_path)! : _path;
            identity = new FolderIdentity(folder);
            watcher = _create(folder);
            if (isFile) watcher.Filter = Path.GetFileName(_path);
            watcher.IncludeSubdirectories = !isFile;
            watcher.InternalBufferSize = 64 * 1024;
            watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size;
            watcher.Created += (_, e) => Report(e.FullPath);
            watcher.Changed += (_, e) => Report(e.FullPath);
            watcher.Deleted += (_, e) => Report(e.FullPath);
            watcher.Renamed += (_, e) =>
            {
                Report(e.OldFullPath);
                Report(e.FullPath);
            };
            watcher.Error += (sender, e) => OnError((FileSystemWatcher)sender, e.GetException());
            watcher.EnableRaisingEvents = true;
            (_watcher, _identity, _polled) = (watcher, identity, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // No inotify instances or watches left, no permission, or just deleted.
            watcher?.Dispose();
            identity?.Dispose();
            StartPolling();
        }
    }

    private void Disarm()
    {
        _watcher?.Dispose();
        _identity?.Dispose();
        (_watcher, _identity, _polled) = (null, null, null);
    }

    private void OnError(FileSystemWatcher watcher, Exception error)
    {
        if (error is not InternalBufferOverflowException)
        {
            lock (_lock)
            {
                if (_disposed || watcher != _watcher) return;
                Disarm();
                StartPolling();
            }
        }
        Report(null);
    }

    private void StartPolling()
    {
        _failedAt = _time.GetTimestamp();
        _polled = Stamps();
    }

    /// <summary>Files that came, went or changed since the last look.</summary>
    private List<string> Poll()
    {
        Dictionary<string, SourceStamp?> before = _polled!, now = Stamps();
        _polled = now;
        return [.. now.Where(f => !before.TryGetValue(f.Key, out SourceStamp? stamp) || stamp != f.Value).Select(f => f.Key), .. before.Keys.Where(p => !now.ContainsKey(p))];
    }

    private Dictionary<string, SourceStamp?> Stamps()
    {
        _polledAt = _time.GetTimestamp();
        return FolderListing.Of(_path, _time).Paths.ToDictionary(p => p, MemoryFiles.StampOf);
    }

    private void Report(string? path)
    {
        if (!_disposed) _changed(path);
    }
}
