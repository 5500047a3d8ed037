using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Onnx;
using Xunit;

namespace LocalRecall.Tests.Infrastructure;

/// <summary>The real model, loaded once for all tests of the collection, which run one after another.</summary>
public sealed class ModelFixture : IDisposable
{
    private readonly Lazy<IEmbedder> _embedder;

    public ModelFixture()
    {
        Folder = new ModelProvisioner(ModelProvisioner.RootOr(Path.Combine(ProjectRoot(), "artifacts", "models"))).FolderOf(ModelManifest.BuiltIn);
        Factory = new OnnxEmbedderFactory(ModelManifest.BuiltIn, Folder);
        _embedder = new Lazy<IEmbedder>(Factory.Open);
    }

    /// <summary>Where the model's files are. If they are not, opening it says what to do.</summary>
    public string Folder { get; }

    public OnnxEmbedderFactory Factory { get; }

    public IEmbedder Embedder => _embedder.Value;

    /// <summary>The unit vector of one text.</summary>
    public float[] Embed(string text)
    {
        var vector = new float[Factory.Model.Dimensions];
        Embedder.Embed([Factory.Tokenizer.Encode(text, Factory.Model.MaxTokens)], vector);
        return vector;
    }

    public void Dispose()
    {
        if (_embedder.IsValueCreated)
            _embedder.Value.Dispose();
        OnnxRuntimeProcess.Shutdown();
    }

    internal static string ProjectRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LocalRecall.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("No LocalRecall.sln above " + AppContext.BaseDirectory);
    }
}

[CollectionDefinition(Name)]
public sealed class ModelCollection : ICollectionFixture<ModelFixture>
{
    public const string Name = "Model";
}
