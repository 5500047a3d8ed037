using System.Numerics.Tensors;
using LocalRecall.Core.Ports;
using Microsoft.ML.OnnxRuntime;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>One ONNX session of a BERT-like encoder: ids in, mean-pooled unit vectors out.</summary>
public sealed class OnnxEmbedder : IEmbedder
{
    private static readonly string[] InputNames = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] OutputNames = ["last_hidden_state"];

    private readonly ModelInfo _model;
    private InferenceSession? _session;
    private readonly Lock _gate = new();
    private RunOptions? _running;

    // Pinned, so that a tensor over them costs nothing; they grow to the largest batch and stay.
    private long[] _ids = [];
    private long[] _mask = [];
    private long[] _types = [];
    private float[] _hidden = [];

    /// <param name="path">The ONNX file, its weights beside it.</param>
    /// <exception cref="EmbeddingException">It does not load.</exception>
    public OnnxEmbedder(string path, ModelInfo model, int threads)
    {
        _model = model;
        try
        {
            _session = OnnxRuntimeProcess.Open(path, () => CreateOptions(threads));
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or TypeInitializationException)
        {
            throw new EmbeddingException($"The model {path} does not load: {e.GetBaseException().Message}", e);
        }
    }

    public void Embed(IReadOnlyList<int[]> tokenIds, Span<float> vectors)
    {
        ObjectDisposedException.ThrowIf(_session is null, this);
        var batch = tokenIds.Count;
        ArgumentOutOfRangeException.ThrowIfZero(batch, nameof(tokenIds));
        ArgumentOutOfRangeException.ThrowIfNotEqual(vectors.Length, batch * _model.Dimensions, nameof(vectors));
        var width = 0;
        foreach (var ids in tokenIds)
        {
            if (ids.Length == 0 || ids.Length > _model.MaxTokens)
                throw new ArgumentException($"A text has {ids.Length} tokens; 1 to {_model.MaxTokens} are possible.", nameof(tokenIds));
            width = Math.Max(width, ids.Length);
        }
        Fill(tokenIds, width);
        Run(batch, width);
        for (var i = 0; i < batch; i++)
            Pool(_hidden.AsSpan(i * width * _model.Dimensions, tokenIds[i].Length * _model.Dimensions), vectors.Slice(i * _model.Dimensions, _model.Dimensions));
    }

    public void Terminate()
    {
        lock (_gate)
        {
            if (_running is not null)
                _running.Terminate = true;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _session, null) is not { } session)
            return;
        _ids = _mask = _types = [];
        _hidden = [];
        OnnxRuntimeProcess.Close(session);
    }

    private static SessionOptions CreateOptions(int threads)
    {
        var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = threads,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableCpuMemArena = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /// <summary>Lays the batch out as rows of equal width; what is left of a row is masked.</summary>
    private void Fill(IReadOnlyList<int[]> tokenIds, int width)
    {
        var size = tokenIds.Count * width;
        if (_ids.Length < size)
        {
            _ids = GC.AllocateUninitializedArray<long>(size, pinned: true);
            _mask = GC.AllocateUninitializedArray<long>(size, pinned: true);
            _types = GC.AllocateArray<long>(size, pinned: true);
            _hidden = GC.AllocateUninitializedArray<float>(size * _model.Dimensions, pinned: true);
        }
        for (var i = 0; i < tokenIds.Count; i++)
        {
            var ids = tokenIds[i];
            var row = _ids.AsSpan(i * width, width);
            TensorPrimitives.ConvertChecked<int, long>(ids, row);
            row[ids.Length..].Clear();
            var mask = _mask.AsSpan(i * width, width);
            mask[..ids.Length].Fill(1);
            mask[ids.Length..].Clear();
        }
    }

    private void Run(int batch, int width)
    {
        var memory = OrtMemoryInfo.DefaultInstance;
        long[] inputShape = [batch, width];
        var size = batch * width;
        using var ids = OrtValue.CreateTensorValueFromMemory(memory, _ids.AsMemory(0, size), inputShape);
        using var mask = OrtValue.CreateTensorValueFromMemory(memory, _mask.AsMemory(0, size), inputShape);
        using var types = OrtValue.CreateTensorValueFromMemory(memory, _types.AsMemory(0, size), inputShape);
        using var hidden = OrtValue.CreateTensorValueFromMemory(memory, _hidden.AsMemory(0, size * _model.Dimensions), [batch, width, _model.Dimensions]);
        using var run = new RunOptions();
        lock (_gate)
            _running = run;
        try
        {
            _session!.Run(run, InputNames, [ids, mask, types], OutputNames, [hidden]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EmbeddingException("ONNX Runtime could not run the model: " + e.Message, e);
        }
        finally
        {
            lock (_gate)
                _running = null;
        }
    }

    /// <summary>Mean over the tokens, as a unit vector; the division by their number would cancel out.</summary>
    private static void Pool(ReadOnlySpan<float> hidden, Span<float> vector)
    {
        var dimensions = vector.Length;
        hidden[..dimensions].CopyTo(vector);
        for (var at = dimensions; at < hidden.Length; at += dimensions)
            TensorPrimitives.Add(vector, hidden.Slice(at, dimensions), vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }
}
