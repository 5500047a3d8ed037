using LocalRecall.Infrastructure.Models.Conversion;

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
        if (model.Int8Of is { } source && localFolder is null)
        {
            await MakeAsync(model, source, folder, progress, cancel);
            return folder;
        }
        var files = localFolder is null ? model.Files : model.Files with { Sources = [new FolderSource(localFolder), .. model.Files.Sources] };
        await _download.EnsureAsync(files, folder, progress, cancel);
        return folder;
    }

    /// <summary>What is made lies in a folder for passing use until the hashes have decided, like what is fetched.</summary>
    private async Task MakeAsync(ModelManifest model, ModelManifest source, string folder, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        if (PinnedDownload.IsComplete(model.Files, folder))
            return;
        var from = await EnsureAsync(source, null, progress, cancel);
        progress?.Report(new DownloadProgress(model.Files.Id, "convert", 0, model.Files.Files.Sum(file => file.Bytes)));
        var made = Directory.CreateTempSubdirectory("localrecall-");
        try
        {
            foreach (var file in model.Files.Files)
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(made.FullName, file.Path))!);
            File.Copy(Path.Combine(from, source.VocabularyPath), Path.Combine(made.FullName, model.VocabularyPath));
            Int8Conversion.Convert(Path.Combine(from, source.ModelPath), Path.Combine(made.FullName, model.ModelPath));
            await _download.EnsureAsync(model.Files with { Sources = [new FolderSource(made.FullName)] }, folder, progress, cancel);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not PinnedDownloadException)
        {
            throw new PinnedDownloadException(DownloadFailure.Disk, $"Can't make {model.Files.Id} in {made.FullName}: {e.Message} Check the folder's rights and free space.", e);
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }
}
