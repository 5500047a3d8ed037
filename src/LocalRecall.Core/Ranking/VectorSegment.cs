using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LocalRecall.Core.Ranking;

/// <summary>A block of rows; written once each, from the first on, by the index's owner, read by all who know of them.</summary>
internal sealed class VectorSegment
{
    public const int Rows = 4096;

    /// <summary>What <see cref="Column"/> knows.</summary>
    public const int Columns = 5;

    private readonly int _dimensions;
    private readonly byte[] _data;
    private long _leastId = long.MaxValue;
    private long _greatestId = long.MinValue;

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

    /// <summary>The columns of the first rows as they lie in memory; after filling them from outside, call <see cref="Filled"/>.</summary>
    public Span<byte> Column(int column, int count) => column switch
    {
        0 => MemoryMarshal.AsBytes(ChunkIds.AsSpan(0, count)),
        1 => MemoryMarshal.AsBytes(Scales.AsSpan(0, count)),
        2 => MemoryMarshal.AsBytes(Places.AsSpan(0, count)),
        3 => MemoryMarshal.AsBytes(Ticks.AsSpan(0, count)),
        _ => _data.AsSpan(0, count * RowBytes),
    };

    public void Filled(int count)
    {
        foreach (long id in ChunkIds.AsSpan(0, count)) NoteId(id);
    }

    /// <summary>The first row at or after <paramref name="from"/> that has this id; -1: none.</summary>
    public int Find(long chunkId, int from, int count)
    {
        if (chunkId < _leastId || chunkId > _greatestId) return -1;
        int at = ChunkIds.AsSpan(from, count - from).IndexOf(chunkId);
        return at < 0 ? -1 : from + at;
    }

    /// <summary>Of ascending ids, those that may be here.</summary>
    public ReadOnlySpan<long> Within(ReadOnlySpan<long> ids)
    {
        int first = ids.BinarySearch(_leastId);
        ids = ids[(first < 0 ? ~first : first)..];
        int last = ids.BinarySearch(_greatestId);
        return ids[..(last < 0 ? ~last : last + 1)];
    }

    public void Write(int row, long chunkId, int place, long ticks, ReadOnlySpan<float> vector)
    {
        Span<byte> bytes = _data.AsSpan(row * RowBytes, RowBytes);
        bytes.Fill(128);
        float step = StepOf(vector);
        for (int i = 0; i < _dimensions; i++) bytes[i] = (byte)(Quantise(vector[i], step) + 128);
        (ChunkIds[row], Scales[row], Places[row], Ticks[row]) = (chunkId, step, place, ticks);
        NoteId(chunkId);
    }

    public void CopyRow(int row, VectorSegment from, int at, int place)
    {
        from.Bytes(at, 1).CopyTo(_data.AsSpan(row * RowBytes, RowBytes));
        (ChunkIds[row], Scales[row], Places[row], Ticks[row]) = (from.ChunkIds[at], from.Scales[at], place, from.Ticks[at]);
        NoteId(from.ChunkIds[at]);
    }

    /// <summary>The largest component becomes 127. Not-a-number counts as nothing.</summary>
    public static float StepOf(ReadOnlySpan<float> vector)
    {
        float largest = TensorPrimitives.MaxMagnitude(vector);
        return float.IsFinite(largest) ? Math.Abs(largest) / 127 : 0;
    }

    public static sbyte Quantise(float value, float step) => step > 0 ? (sbyte)Math.Clamp(MathF.Round(value / step), -127, 127) : (sbyte)0;

    private void NoteId(long id)
    {
        if (id < _leastId) _leastId = id;
        if (id > _greatestId) _greatestId = id;
    }
}
