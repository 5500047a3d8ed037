using System.Numerics.Tensors;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Host.Http;

/// <summary>One of the names of the one model.</summary>
/// <param name="Width">How many dimensions its vectors have under this name.</param>
internal sealed record HttpModel(string Name, int Width)
{
    /// <summary>
    /// A vector of the model as a client wants it: zeros behind it, which change no cosine, up to this name's width; or cut to what the
    /// client asks for and made a unit vector again.
    /// </summary>
    public float[] Fit(ReadOnlySpan<float> vector, int dimensions = 0)
    {
        int width = dimensions > 0 && dimensions < Width ? dimensions : Width;
        float[] fitted = new float[width];
        vector[..Math.Min(width, vector.Length)].CopyTo(fitted);
        if (width < vector.Length && TensorPrimitives.Norm<float>(fitted) is > 0 and var norm)
        {
            TensorPrimitives.Divide(fitted, norm, fitted);
        }

        return fitted;
    }
}

/// <summary>The names that the model in force goes by.</summary>
/// <param name="inForce">The model in force; another one one day.</param>
/// <param name="folderOf">Where a model's files are.</param>
internal sealed class HttpModels(Func<ModelManifest> inForce, Func<ModelManifest, string> folderOf, IReadOnlyDictionary<string, int> widths)
{
    private const string Latest = ":latest";

    public ModelManifest Manifest => inForce();

    public IReadOnlyList<HttpModel> All => Named(inForce());

    public long SizeBytes => Manifest.Files.FilesHere.Sum(file => file.Bytes);

    /// <summary>SHA-256 of the model's file, in hex.</summary>
    public string Digest => DigestOf(Manifest);

    /// <summary>When the model came to this machine.</summary>
    public DateTimeOffset ModifiedAt
    {
        get
        {
            ModelManifest manifest = Manifest;
            var file = new FileInfo(Path.Combine(folderOf(manifest), manifest.ModelPath));
            return file.Exists ? file.LastWriteTimeUtc : DateTimeOffset.UnixEpoch;
        }
    }

    /// <summary>A name without a tag means the latest. Null: it is none of them.</summary>
    public HttpModel? Find(string name) =>
        All.FirstOrDefault(model => WithTag(model.Name).Equals(WithTag(name), StringComparison.OrdinalIgnoreCase));

    private static string DigestOf(ModelManifest manifest) => manifest.Files.Files.Single(file => file.Path == manifest.ModelPath).Sha256;

    private HttpModel[] Named(ModelManifest manifest) =>
    [
        .. widths.Append(new(manifest.Files.Id, 0)).DistinctBy(pair => WithTag(pair.Key), StringComparer.OrdinalIgnoreCase)
            .Select(pair => new HttpModel(pair.Key, Math.Max(pair.Value, manifest.Info.Dimensions)))
            .OrderBy(model => model.Name, StringComparer.Ordinal),
    ];

    /// <summary>As Ollama lists a model.</summary>
    public static string WithTag(string name) => name.Contains(':', StringComparison.Ordinal) ? name : name + Latest;
}
