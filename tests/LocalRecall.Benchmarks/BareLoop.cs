using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using Microsoft.ML.OnnxRuntime;

namespace LocalRecall.Benchmarks;

/// <summary>The least that can be done to run the model: one session with the embedder's options, token ids in, hidden states out; no pooling, no vectors.</summary>
internal sealed class BareLoop : IDisposable
{
    private static readonly string[] InputNames = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] OutputNames = ["last_hidden_state"];

    private readonly RunOptions _options = new();
    private readonly InferenceSession _session;
    private readonly int _dimensions;
    private readonly long[] _ids;
    private readonly long[] _mask;
    private readonly long[] _types;
    private readonly float[] _hidden;

    /// <param name="maxPadded">Padded tokens of the largest batch.</param>
    public BareLoop(string modelPath, ModelInfo model, int maxPadded)
    {
        using var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = Environment.ProcessorCount,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableCpuMemArena = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(modelPath, options);
        _dimensions = model.Dimensions;
        _ids = GC.AllocateArray<long>(maxPadded, pinned: true);
        _mask = GC.AllocateArray<long>(maxPadded, pinned: true);
        _types = GC.AllocateArray<long>(maxPadded, pinned: true);
        _hidden = GC.AllocateArray<float>(maxPadded * _dimensions, pinned: true);
    }

    public static string ModelPath { get; } = Path.Combine(
        new ModelProvisioner(ModelProvisioner.RootOr(BenchPaths.Models)).FolderOf(ModelManifest.BuiltIn), ModelManifest.BuiltIn.ModelPath);

    public void Run(IReadOnlyList<int[]> texts)
    {
        int width = texts.Max(ids => ids.Length);
        int size = texts.Count * width;
        for (int i = 0; i < texts.Count; i++)
        {
            for (int j = 0; j < width; j++)
            {
                bool used = j < texts[i].Length;
                _ids[i * width + j] = used ? texts[i][j] : 0;
                _mask[i * width + j] = used ? 1 : 0;
            }
        }

        OrtMemoryInfo memory = OrtMemoryInfo.DefaultInstance;
        long[] shape = [texts.Count, width];
        using OrtValue ids = OrtValue.CreateTensorValueFromMemory(memory, _ids.AsMemory(0, size), shape);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory(memory, _mask.AsMemory(0, size), shape);
        using OrtValue types = OrtValue.CreateTensorValueFromMemory(memory, _types.AsMemory(0, size), shape);
        using OrtValue hidden = OrtValue.CreateTensorValueFromMemory(memory, _hidden.AsMemory(0, size * _dimensions), [texts.Count, width, _dimensions]);
        _session.Run(_options, InputNames, [ids, mask, types], OutputNames, [hidden]);
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }
}
