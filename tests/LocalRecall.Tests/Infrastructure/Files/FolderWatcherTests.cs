using System.Collections.Concurrent;
using LocalRecall.Infrastructure.Files;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Files;

public sealed class FolderWatcherTests : IDisposable
{
    private static readonly FolderWatcherOptions Quick = new(TendMs: 20, PollMs: 20, RetryMs: 3_600_000);

    private readonly TempFolder _folder = new();
    private readonly BlockingCollection<string?> _changes = [];

    public void Dispose() => _folder.Dispose();

    private IDisposable Watch(string path, FolderWatcher? watcher = null) =>
        (watcher ?? new FolderWatcher(TimeProvider.System, Quick)).Watch(path, _changes.Add);

    /// <summary>Waits until a path is reported; others before it don't matter.</summary>
    private void Expect(string? path)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<string?>();
        try
        {
            do seen.Add(_changes.Take(timeout.Token));
            while (seen[^1] != path);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{path ?? "null"} was not reported, only: {string.Join(", ", seen)}");
        }
    }

    /// <summary>Reported changes so far don't count.</summary>
    private void Forget()
    {
        while (_changes.TryTake(out _))
        {
        }
    }

    [Fact]
    public void Files_that_come_change_move_and_go_are_reported_at_any_depth()
    {
        Directory.CreateDirectory(_folder["deep", "er"]);
        using IDisposable watch = Watch(_folder.Path);

        string path = _folder.Write("deep/er/a.md", "one");
        Expect(path);
        File.AppendAllText(path, "two");
        Expect(path);
        File.Move(path, _folder["b.md"]);
        Expect(path);
        Expect(_folder["b.md"]);
        File.Delete(_folder["b.md"]);
        Expect(_folder["b.md"]);
    }

    [Fact]
    public void A_folder_that_is_not_there_yet_is_watched_once_it_comes()
    {
        using IDisposable watch = Watch(_folder["later"]);
        Directory.CreateDirectory(_folder["later"]);
        Expect(_folder["later"]);
        Expect(_folder.Write("later/a.md", "text"));
    }

    [Fact]
    public void A_folder_that_was_deleted_and_made_again_is_watched_still()
    {
        _folder.Write("in/a.md", "text");
        using IDisposable watch = Watch(_folder["in"]);

        Directory.Delete(_folder["in"], recursive: true);
        Expect(_folder["in"]);
        Directory.CreateDirectory(_folder["in"]);
        Expect(_folder["in"]);
        Expect(_folder.Write("in/b.md", "text"));
    }

    [Fact]
    public void A_folder_replaced_between_two_looks_is_noticed()
    {
        _folder.Write("in/a.md", "text");
        _folder.Write("other/b.md", "text");
        using IDisposable watch = Watch(_folder["in"]);

        Directory.Move(_folder["in"], _folder["away"]);
        Directory.Move(_folder["other"], _folder["in"]);
        Expect(_folder["in"]);
        Expect(_folder.Write("in/c.md", "text"));
    }

    [Fact]
    public void A_single_file_is_watched_without_its_neighbours()
    {
        string path = _folder.Write("notes.md", "one");
        using IDisposable watch = Watch(path);

        _folder.Write("neighbour.md", "text");
        File.AppendAllText(path, "two");
        Assert.Equal(path, _changes.Take(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token));
    }

    [Fact]
    public void Where_the_system_cannot_watch_the_folder_is_polled()
    {
        string path = _folder.Write("a.md", "one");
        var watcher = new FolderWatcher(TimeProvider.System, Quick, _ => throw new IOException("The configured user limit on the number of inotify instances has been reached."));
        using IDisposable watch = Watch(_folder.Path, watcher);

        string other = _folder.Write("deep/b.md", "text");
        Expect(other);
        File.AppendAllText(path, "two");
        Expect(path);
        File.Delete(other);
        Expect(other);
    }

    [Fact]
    public void A_watcher_that_fails_gives_way_to_polling_and_everything_is_to_be_looked_at()
    {
        FailingWatcher? system = null;
        var watcher = new FolderWatcher(TimeProvider.System, Quick, folder => system = new FailingWatcher(folder));
        using IDisposable watch = Watch(_folder.Path, watcher);

        system!.Fail(new IOException("The configured user limit on the number of inotify watches has been reached."));
        Expect(null);
        Expect(_folder.Write("a.md", "text"));
    }

    [Fact]
    public void Lost_events_are_reported_and_watching_goes_on()
    {
        FailingWatcher? system = null;
        int created = 0;
        var watcher = new FolderWatcher(TimeProvider.System, Quick, folder =>
        {
            created++;
            return system = new FailingWatcher(folder);
        });
        using IDisposable watch = Watch(_folder.Path, watcher);

        system!.Fail(new InternalBufferOverflowException());
        Expect(null);
        Expect(_folder.Write("a.md", "text"));
        Assert.Equal(1, created);
    }

    [Fact]
    public void When_the_system_can_watch_again_polling_ends()
    {
        int created = 0;
        var watcher = new FolderWatcher(
            TimeProvider.System, Quick with { RetryMs = 1 }, folder => ++created < 3 ? throw new IOException("limit") : new FileSystemWatcher(folder));
        using IDisposable watch = Watch(_folder.Path, watcher);
        Expect(null);
        Expect(null);
        Forget();
        Expect(_folder.Write("image.png", "a file that polling would not list"));
    }

    [Fact]
    public void Nothing_is_reported_after_the_end()
    {
        IDisposable watch = Watch(_folder.Path);
        Expect(_folder.Write("a.md", "text"));
        watch.Dispose();
        Forget();

        using var seen = new SemaphoreSlim(0);
        using IDisposable another = new FolderWatcher(TimeProvider.System, Quick).Watch(_folder.Path, _ => seen.Release());
        _folder.Write("b.md", "text");
        Assert.True(seen.Wait(TimeSpan.FromSeconds(60)));
        Assert.Empty(_changes);
    }

    private sealed class FailingWatcher(string folder) : FileSystemWatcher(folder)
    {
        public void Fail(Exception error) => OnError(new ErrorEventArgs(error));
    }
}
