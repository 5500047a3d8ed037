namespace LocalRecall.Infrastructure.Models;

/// <summary>Where models live on this machine, and how they get there: <c>&lt;root&gt;/&lt;model id&gt;/…</c>.</summary>
/// <param name="root">The folder of all models; see <see cref="RootOr"/>.</param>
public sealed class ModelProvisioner(string root, PinnedDownload? download = null)
{
    private readonly PinnedDownload _download = download ?? new PinnedDownload();

    /// <summary>The environment's <c>LOCALRECALL_MODELS</c>, or else the given folder.</summary>
    public static string RootOr(string folder) => Environment.GetEnvironmentVariable("LOCALRECALL_MODELS") is { Length: > 0 } chosen ? chosen : folder;

    public string FolderOf(ModelManifest model) => Path.Combine(root, model.Files.Id);

    /// <summary>Makes sure that the model is there, whole and unchanged, and returns its folder.</summary>
    /// <param name="localFolder">A folder that has the files already, asked before the manifest's own sources.</param>
    /// <exception cref="PinnedDownloadException">It is not there and can't be had; the message says what to do.</exception>
    public async Task<string> EnsureAsync(ModelManifest model, string? localFolder = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancel = default)
    {
        var folder = FolderOf(model);
        var files = localFolder is null ? model.Files : model.Files with { Sources = [new FolderSource(localFolder), .. model.Files.Sources] };
        await _download.EnsureAsync(files, folder, progress, cancel);
        return folder;
    }
}
