using System.Numerics.Tensors;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Onnx;
using LocalRecall.Tests.Infrastructure.Onnx;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Models;

/// <summary>The int8 form, made from the real 4-bit one.</summary>
[Collection(ModelCollection.Name)]
public sealed class Int8ModelTests(ModelFixture model) : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Is_made_with_its_pinned_bytes_and_made_again_when_they_are_damaged()
    {
        var provisioner = GivenTheSource();

        var folder = await provisioner.EnsureAsync(ModelManifest.Int8);

        Assert.True(PinnedDownload.IsComplete(ModelManifest.Int8.Files, folder));
        var weights = Path.Combine(folder, ModelManifest.Int8.ModelPath + "_data");
        Damage(weights);
        Assert.Contains(weights, Assert.Throws<EmbeddingException>(() => new OnnxEmbedderFactory(ModelManifest.Int8, folder).Open()).Message);

        await provisioner.EnsureAsync(ModelManifest.Int8);

        Assert.True(PinnedDownload.IsComplete(ModelManifest.Int8.Files, folder));
        Assert.True(PinnedDownload.IsComplete(ModelManifest.BuiltIn.Files, provisioner.FolderOf(ModelManifest.BuiltIn)));
    }

    [Fact]
    public async Task Gives_nearly_the_vectors_of_its_source_alone_and_in_a_batch()
    {
        var factory = new OnnxEmbedderFactory(ModelManifest.Int8, await GivenTheSource().EnsureAsync(ModelManifest.Int8));
        using var embedder = factory.Open();
        var golden = OnnxEmbedderTests.Golden();
        var ids = golden.Select(example => factory.Tokenizer.Encode(example.Text, factory.Model.MaxTokens)).ToList();
        var dimensions = factory.Model.Dimensions;
        var together = new float[golden.Count * dimensions];
        embedder.Embed(ids, together);

        for (var i = 0; i < golden.Count; i++)
        {
            var alone = new float[dimensions];
            embedder.Embed([ids[i]], alone);
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(golden[i].Vector, alone), 0.98f, 1.0001f);
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(together.AsSpan(i * dimensions, dimensions), alone), 0.9999f, 1.0001f);
        }
    }

    [Fact]
    public async Task Ranks_as_its_source_does()
    {
        var factory = new OnnxEmbedderFactory(ModelManifest.Int8, await GivenTheSource().EnsureAsync(ModelManifest.Int8));
        using var embedder = factory.Open();

        var check = FormCheck.Of("q4", "int8", [1], [1], [.. FormCheck.Texts.Select(model.Embed)], [.. FormCheck.Texts.Select(text =>
        {
            var vector = new float[factory.Model.Dimensions];
            embedder.Embed([factory.Tokenizer.Encode(text, factory.Model.MaxTokens)], vector);
            return vector;
        })]);

        Assert.True(check.Agrees, $"{check.Agreement}");
        Assert.Equal(276, check.Pairs);
    }

    [Fact]
    public async Task Without_its_source_it_is_not_made()
    {
        var provisioner = GivenTheSource();
        var source = ModelManifest.BuiltIn with { Files = ModelManifest.BuiltIn.Files with { Sources = [] } };
        Damage(Path.Combine(provisioner.FolderOf(source), source.ModelPath + "_data"));

        await Assert.ThrowsAsync<PinnedDownloadException>(() => provisioner.EnsureAsync(ModelManifest.Int8 with { Int8Of = source }));

        Assert.False(Directory.Exists(provisioner.FolderOf(ModelManifest.Int8)));
    }

    private ModelProvisioner GivenTheSource()
    {
        var provisioner = new ModelProvisioner(_root.Path);
        foreach (var file in ModelManifest.BuiltIn.Files.Files)
        {
            var to = Path.Combine(provisioner.FolderOf(ModelManifest.BuiltIn), file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(Path.Combine(model.Folder, file.Path), to);
        }
        return provisioner;
    }

    private static void Damage(string path)
    {
        using var stream = File.OpenWrite(path);
        stream.Position = stream.Length / 2;
        stream.WriteByte(42);
    }
}
