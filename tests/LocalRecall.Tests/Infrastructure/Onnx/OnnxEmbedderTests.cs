using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Onnx;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Onnx;

[Collection(ModelCollection.Name)]
public sealed class OnnxEmbedderTests(ModelFixture model)
{
    private static readonly int Dimensions = ModelManifest.BuiltIn.Info.Dimensions;

    [Fact]
    public void Gives_the_vectors_of_another_binding_of_the_same_file()
    {
        var golden = Golden();

        Assert.Equal(20, golden.Count);
        foreach (var (text, tokens, vector) in golden)
        {
            Assert.Equal(tokens, model.Factory.Tokenizer.Encode(text, model.Factory.Model.MaxTokens).Length);
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(vector, model.Embed(text)), 0.9999f, 1.0001f);
        }
    }

    [Fact]
    public void Gives_unit_vectors()
    {
        foreach (var (text, _, _) in Golden())
            Assert.Equal(1, TensorPrimitives.Norm<float>(model.Embed(text)), 1e-5);
    }

    [Fact]
    public void A_text_means_the_same_in_a_batch_as_alone()
    {
        var golden = Golden();
        var ids = golden.Select(example => model.Factory.Tokenizer.Encode(example.Text, model.Factory.Model.MaxTokens)).ToList();
        var vectors = new float[golden.Count * Dimensions];

        model.Embedder.Embed(ids, vectors);

        for (var i = 0; i < golden.Count; i++)
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(golden[i].Vector, vectors.AsSpan(i * Dimensions, Dimensions)), 0.9999f, 1.0001f);
    }

    [Fact]
    public void A_small_batch_after_a_large_one_sees_nothing_of_it()
    {
        var small = model.Factory.Tokenizer.Encode("One mailbox is the mutex.", 256);
        var before = new float[Dimensions];
        var after = new float[Dimensions];
        model.Embedder.Embed([small], before);

        model.Embedder.Embed([.. Enumerable.Repeat(Enumerable.Range(1000, 200).ToArray(), 4)], new float[4 * Dimensions]);
        model.Embedder.Embed([small], after);

        Assert.Equal(before, after);
    }

    [Fact]
    public void Bad_input_is_refused_and_the_session_lives_on()
    {
        var tooLong = new int[ModelManifest.BuiltIn.Info.MaxTokens + 1];

        Assert.Throws<ArgumentException>(() => model.Embedder.Embed([tooLong], new float[Dimensions]));
        Assert.Throws<ArgumentException>(() => model.Embedder.Embed([[]], new float[Dimensions]));
        Assert.ThrowsAny<ArgumentException>(() => model.Embedder.Embed([], []));
        Assert.ThrowsAny<ArgumentException>(() => model.Embedder.Embed([[101, 102]], new float[Dimensions + 1]));
        Assert.Throws<EmbeddingException>(() => model.Embedder.Embed([[101, 30_522, 102]], new float[Dimensions]));
        Assert.Equal(1, TensorPrimitives.Norm<float>(model.Embed("still alive")), 1e-5);
    }

    [Fact]
    public async Task A_run_in_progress_can_be_terminated_and_the_next_one_works()
    {
        // As long a run as the model allows, so that it is surely in progress when it is terminated.
        var batch = Enumerable.Repeat(Enumerable.Range(1000, 256).ToArray(), 64).ToList();
        var run = Task.Run(() => model.Embedder.Embed(batch, new float[batch.Count * Dimensions]));
        while (!run.IsCompleted)
        {
            model.Embedder.Terminate();
            await Task.Yield();
        }

        await Assert.ThrowsAsync<EmbeddingException>(() => run);
        Assert.Equal(1, TensorPrimitives.Norm<float>(model.Embed("still alive")), 1e-5);
    }

    [Fact]
    public async Task After_a_terminated_run_a_session_is_replaced_by_a_new_one()
    {
        // Minutes of work, were it not terminated.
        var batch = Enumerable.Repeat(Enumerable.Range(1000, 256).ToArray(), 512).ToList();
        var old = model.Factory.Open();
        var run = Task.Run(() => old.Embed(batch, new float[batch.Count * Dimensions]));
        while (!run.IsCompleted)
        {
            old.Terminate();
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => run);
        old.Dispose();

        Assert.Contains("terminate", error.Message, StringComparison.OrdinalIgnoreCase);
        using var fresh = model.Factory.Open();
        var vector = new float[Dimensions];
        fresh.Embed([model.Factory.Tokenizer.Encode("still alive", 256)], vector);
        Assert.Equal(model.Embed("still alive"), vector);
    }

    [Fact]
    public void Terminating_nothing_does_nothing()
    {
        model.Embedder.Terminate();

        Assert.Equal(1, TensorPrimitives.Norm<float>(model.Embed("still alive")), 1e-5);
    }

    [Fact]
    public void A_damaged_model_is_not_opened_and_the_error_names_the_file()
    {
        using var folder = new TempFolder();
        foreach (var file in ModelManifest.BuiltIn.Files.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[file.Path.Split('/')])!);
            File.Copy(Path.Combine(model.Folder, file.Path), folder[file.Path.Split('/')]);
        }
        var weights = folder["onnx", "model_q4.onnx_data"];
        using (var stream = File.OpenWrite(weights))
        {
            stream.Position = 1_000_000;
            stream.WriteByte(42);
        }

        var error = Assert.Throws<EmbeddingException>(() => new OnnxEmbedderFactory(ModelManifest.BuiltIn, folder.Path).Open());

        Assert.Contains(weights, error.Message);
    }

    [Fact]
    public void A_missing_model_is_an_error_that_says_what_to_do()
    {
        using var folder = new TempFolder();
        var factory = new OnnxEmbedderFactory(ModelManifest.BuiltIn, folder.Path);

        Assert.Contains("put the right file there", Assert.Throws<EmbeddingException>(factory.Open).Message);
        Assert.Contains("vocab.txt", Assert.Throws<EmbeddingException>(() => factory.Tokenizer).Message);
    }

    [Fact]
    public void A_file_that_is_no_model_does_not_load()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["model.onnx"], "no model");

        Assert.Throws<EmbeddingException>(() => new OnnxEmbedder(folder["model.onnx"], ModelManifest.BuiltIn.Info, 1));
    }

    [Fact]
    public void The_environment_stays_while_an_embedder_is_open()
    {
        model.Embed("open");

        Assert.False(OnnxRuntimeProcess.Shutdown());
        Assert.Equal(1, TensorPrimitives.Norm<float>(model.Embed("still alive")), 1e-5);
    }

    [Fact]
    public void Native_code_sees_that_telemetry_is_off()
    {
        model.Embed("open");

        Assert.Equal("1", NativeVariable("ORT_DISABLE_TELEMETRY"));
        Assert.Equal("1", NativeVariable("ORT_TELEMETRY_DISABLED"));
    }

    [Fact]
    public void No_telemetry_store_is_open()
    {
        if (!OperatingSystem.IsLinux())
            return;
        model.Embed("open");

        var open = Directory.GetFiles("/proc/self/fd").Select(OpenFile);

        Assert.DoesNotContain(open, file => file.Contains(".onnxruntime", StringComparison.Ordinal));
    }

    private static string OpenFile(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (FileNotFoundException)
        {
            return ""; // another test has closed it meanwhile
        }
    }

    private static string? NativeVariable(string name) =>
        OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable(name) : Marshal.PtrToStringUTF8(GetEnv(name));

    [DllImport("libc", EntryPoint = "getenv")]
    private static extern nint GetEnv([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    /// <summary>What tests/tools/golden-vectors.mjs wrote.</summary>
    internal static List<(string Text, int Tokens, float[] Vector)> Golden()
    {
        using var resource = typeof(OnnxEmbedderTests).Assembly.GetManifestResourceStream("golden-vectors.json")!;
        using var json = JsonDocument.Parse(resource);
        return
        [
            .. json.RootElement.EnumerateArray().Select(example => (
                example.GetProperty("text").GetString()!,
                example.GetProperty("tokens").GetInt32(),
                MemoryMarshal.Cast<byte, float>(example.GetProperty("vector").GetBytesFromBase64()).ToArray())),
        ];
    }
}
