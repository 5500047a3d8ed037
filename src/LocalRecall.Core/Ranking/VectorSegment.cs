using System.Numerics.Tensors;

namespace LocalRecall.Core.Ranking;

/// <summary>A block of rows; written once each, from the first on, by the index's owner, read by all who know of them.</summary>
internal sealed class VectorSegment
{
    public const int Rows = 4096;

    private readonly int _dimensions;
    private readonly byte[] _data;

    public VectorSegment(int dimensions)
    {
        _dimensions = dimensions;
        RowBytes = PaddedLength(dimensions);
        _data = GC.AllocateUninitializedArray<byte>(Rows * RowBytes);
    }

    public int RowBytes { get; }

    public long[] ChunkIds { get; } = new long[Rows];

    /// <summary>Value of one step of each row's bytes.</summary>
    public float[] Scales { get; } = new float[Rows];

    public int[] Places { get; } = new int[Rows];

    public long[] Ticks { get; } = new long[Rows];

    public static int PaddedLength(int dimensions) => (dimensions + Int8Kernel.Block - 1) / Int8Kernel.Block * Int8Kernel.Block;

    public ReadOnlySpan<byte> Bytes(int row, int count) => _data.AsSpan(row * RowBytes, count * RowBytes);

    public void Write(int row, long chunkId, int place, long ticks, ReadOnlySpan<float> vector)
    {
        Span<byte> bytes = _data.AsSpan(row * RowBytes, RowBytes);
        bytes.Fill(128);
        float step = StepOf(vector);
        for (int i = 0; i < _dimensions; i++) bytes[i] = (byte)(Quantise(vector[i], step) + 128);
        (ChunkIds[row], Scales[row], Places[row], Ticks[row]) = (chunkId, step, place, ticks);
    }

    public void CopyRow(int row, VectorSegment from, int at, int place)
    {
        from.Bytes(at, 1).CopyTo(_data.AsSpan(row * RowBytes, RowBytes));
        (ChunkIds[row], Scales[row], Places[row], Ticks[row]) = (from.ChunkIds[at], from.Scales[at], place, from.Ticks[at]);
    }

    /// <summary>The largest component becomes 127. Not-a-number counts as nothing.</summary>
    public static float StepOf(ReadOnlySpan<float> vector)
    {
        float largest = TensorPrimitives.MaxMagnitude(vector);
        return float.IsFinite(largest) ? Math.Abs(largest) / 127 : 0;
    }

    public static sbyte Quantise(float value, float step) => step > 0 ? (sbyte)Math.Clamp(MathF.Round(value / step), -127, 127) : (sbyte)0;
}
