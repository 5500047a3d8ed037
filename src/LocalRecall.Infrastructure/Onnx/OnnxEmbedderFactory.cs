using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>Opens a model from its folder, after a look at every file's hash.</summary>
/// <param name="folder">As <see cref="ModelProvisioner.EnsureAsync"/> leaves it.</param>
/// <param name="threads">Of a run; every core by default.</param>
public sealed class OnnxEmbedderFactory(ModelManifest model, string folder, int? threads = null) : IEmbedderFactory
{
    private readonly Lazy<ITokenizer> _tokenizer = new(() => OpenTokenizer(model, folder), LazyThreadSafetyMode.PublicationOnly);

    public ModelInfo Model => model.Info;

    /// <inheritdoc/>
    /// <exception cref="EmbeddingException">The vocabulary is missing or damaged; asked again, it is looked for again.</exception>
    public ITokenizer Tokenizer => _tokenizer.Value;

    public IEmbedder Open()
    {
        foreach (var file in model.Files.FilesHere)
            Verify(file, folder);
        return new OnnxEmbedder(Path.Combine(folder, model.ModelPath), model.Info, threads ?? Environment.ProcessorCount);
    }

    private static BertTokenizer OpenTokenizer(ModelManifest model, string folder)
    {
        Verify(model.Files.Files.Single(file => file.Path == model.VocabularyPath), folder);
        try
        {
            return new BertTokenizer(Path.Combine(folder, model.VocabularyPath));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            throw new EmbeddingException("The tokenizer does not load: " + e.Message, e);
        }
    }

    private static void Verify(PinnedFile file, string folder)
    {
        if (!PinnedDownload.IsGood(file, folder))
            throw new EmbeddingException($"The model file {Path.Combine(folder, file.Path)} is missing or damaged. Restart the host with a network connection, or put the right file there (sha256 {file.Sha256}).");
    }
}
