using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LocalRecall.Core.Ranking;

/// <param name="Cosine">From eight-bit vectors: about 0.005 off.</param>
public readonly record struct ScanHit(long ChunkId, float Cosine);

/// <summary>All that passed a scan's filter, not only the nearest: against them one sees how far a hit stands out.</summary>
/// <param name="Count">Chunks.</param>
/// <param name="Mean">Of their cosines; 0 if there are none.</param>
/// <param name="Deviation">Standard deviation of their cosines.</param>
public readonly record struct Crowd(int Count, float Mean, float Deviation);

/// <param name="Hits">Nearest first, equal ones in order of id.</param>
public sealed record ScanResult(IReadOnlyList<ScanHit> Hits, Crowd Crowd);

/// <summary>The vectors at one moment. Never changes; safe for concurrent use.</summary>
public sealed class VectorSnapshot
{
    private const int RowsAtOnce = 512;

    private readonly int _dimensions;
    private readonly Place?[] _places;

    internal VectorSnapshot(int dimensions, int count, Part[] parts, Place?[] places) =>
        (_dimensions, Count, Parts, _places) = (dimensions, count, parts, places);

    /// <summary>The first <paramref name="Count"/> rows of a segment, without the dead ones.</summary>
    internal readonly record struct Part(VectorSegment Segment, int Count, RowMask Removed)
    {
        /// <summary>The live row with this id; -1: none.</summary>
        public int Find(long chunkId)
        {
            int row = Segment.Find(chunkId, 0, Count);
            while (row >= 0 && Removed[row]) row = Segment.Find(chunkId, row + 1, Count);
            return row;
        }
    }

    public int Count { get; }

    internal int Dimensions => _dimensions;

    internal IReadOnlyList<Part> Parts { get; }

    internal IReadOnlyList<Place?> Places => _places;

    /// <summary>The nearest chunks that pass.</summary>
    /// <param name="query">Unit vector.</param>
    /// <param name="top">How many at most; ask for a hundred and make them exact with <see cref="Rescore"/>.</param>
    /// <exception cref="ArgumentException">The query has another number of dimensions.</exception>
    public ScanResult Scan(ReadOnlySpan<float> query, FilterPredicate? filter, int top)
    {
        if (query.Length != _dimensions) throw new ArgumentException($"The query has {query.Length} dimensions instead of {_dimensions}.", nameof(query));
        if (filter is { MatchesAll: true }) filter = null;

        Span<sbyte> quantised = new sbyte[VectorSegment.PaddedLength(_dimensions)];
        float step = VectorSegment.StepOf(query);
        int bias = 0;
        for (int i = 0; i < query.Length; i++) bias += quantised[i] = VectorSegment.Quantise(query[i], step);
        bias *= 128;

        bool[]? passing = filter is null ? null : Array.ConvertAll(_places, p => p is null || filter.MatchesPlace(p.Kind, p.AppliesTo, p.Project));
        if (passing?.Contains(false) == false) passing = null;
        var best = new Best(Math.Clamp(top, 0, Count));
        Span<ulong> rows = stackalloc ulong[VectorSegment.Rows / 64];
        Span<int> dots = stackalloc int[RowsAtOnce];
        Span<float> scales = stackalloc float[RowsAtOnce];
        Span<long> ids = stackalloc long[RowsAtOnce];
        foreach (Part part in Parts)
        {
            bool all = filter is null && part.Removed.IsEmpty;
            if (!all) Pass(part, filter, passing, rows);
            for (int from = 0; from < part.Count; from += RowsAtOnce)
            {
                int count = Math.Min(RowsAtOnce, part.Count - from);
                if (all)
                {
                    Int8Kernel.Dot(part.Segment.Bytes(from, count), quantised, dots[..count]);
                    best.Offer(dots[..count], bias, part.Segment.Scales.AsSpan(from, count), part.Segment.ChunkIds.AsSpan(from, count));
                }
                else
                {
                    count = Gather(part.Segment, from, rows.Slice(from / 64, RowsAtOnce / 64), quantised, dots, scales, ids);
                    best.Offer(dots[..count], bias, scales, ids);
                }
            }
        }
        return best.Take(step);
    }

    /// <summary>The exact cosines of hits whose vectors are at hand, nearest first; others are left out.</summary>
    /// <param name="vectors">Unit vectors by chunk id.</param>
    public static IReadOnlyList<ScanHit> Rescore(ReadOnlySpan<float> query, IEnumerable<ScanHit> hits, IReadOnlyDictionary<long, float[]> vectors)
    {
        var exact = new List<ScanHit>();
        foreach (ScanHit hit in hits)
            if (vectors.TryGetValue(hit.ChunkId, out float[]? vector)) exact.Add(new ScanHit(hit.ChunkId, TensorPrimitives.Dot(query, vector)));
        return [.. exact.OrderByDescending(h => h.Cosine).ThenBy(h => h.ChunkId)];
    }

    /// <summary>Sets a bit for each row that is alive and passes, clears the others.</summary>
    /// <param name="passing">By place; null: all pass.</param>
    private static void Pass(in Part part, FilterPredicate? filter, bool[]? passing, Span<ulong> rows)
    {
        rows.Clear();
        for (int word = 0; word * 64 < part.Count; word++)
        {
            int from = word * 64, count = Math.Min(64, part.Count - from);
            ulong bits = 0;
            if (passing is null)
            {
                bits = ulong.MaxValue >> (64 - count);
            }
            else
            {
                ReadOnlySpan<int> places = part.Segment.Places.AsSpan(from, count);
                for (int i = 0; i < count; i++) bits |= (passing[places[i]] ? 1UL : 0) << i;
            }
            if (filter is { HasTime: true })
            {
                ReadOnlySpan<long> ticks = part.Segment.Ticks.AsSpan(from, count);
                ulong inTime = 0;
                for (int i = 0; i < count; i++) inTime |= (filter.MatchesTime(ticks[i]) ? 1UL : 0) << i;
                bits &= inTime;
            }
            rows[word] = bits & ~part.Removed.Word(word);
        }
        if (filter is null) return;
        foreach (long excluded in part.Segment.Within(filter.Excluded))
            if (part.Find(excluded) is >= 0 and int row) rows[row / 64] &= ~(1UL << row % 64);
    }

    /// <summary>The dot products of rows whose bits are set, with what belongs to them, one after another. Of 64 rows, what lies between the first and the last of them is read, too: memory comes in one stream then.</summary>
    /// <returns>How many.</returns>
    private static int Gather(VectorSegment segment, int from, ReadOnlySpan<ulong> rows, ReadOnlySpan<sbyte> query, Span<int> dots, Span<float> scales, Span<long> ids)
    {
        Span<int> some = stackalloc int[64];
        int count = 0;
        foreach (ulong word in rows)
        {
            if (word == ulong.MaxValue)
            {
                Int8Kernel.Dot(segment.Bytes(from, 64), query, dots.Slice(count, 64));
                segment.Scales.AsSpan(from, 64).CopyTo(scales[count..]);
                segment.ChunkIds.AsSpan(from, 64).CopyTo(ids[count..]);
                count += 64;
            }
            else if (word != 0)
            {
                int first = from + BitOperations.TrailingZeroCount(word);
                int length = 64 - BitOperations.LeadingZeroCount(word) - BitOperations.TrailingZeroCount(word);
                Int8Kernel.Dot(segment.Bytes(first, length), query, some[..length]);
                for (ulong left = word; left != 0; left &= left - 1)
                {
                    int row = from + BitOperations.TrailingZeroCount(left);
                    (dots[count], scales[count], ids[count]) = (some[row - first], segment.Scales[row], segment.ChunkIds[row]);
                    count++;
                }
            }
            from += 64;
        }
        return count;
    }

    /// <summary>Keeps the best so many, the worst of them on top of a heap, and sums up all.</summary>
    private struct Best(int capacity)
    {
        private readonly PriorityQueue<long, (float Score, long NegatedId)> _heap = new(capacity);
        private float _worst = float.NegativeInfinity;
        private double _sum;
        private double _squares;
        private int _count;

        public void Offer(ReadOnlySpan<int> dots, int bias, ReadOnlySpan<float> scales, ReadOnlySpan<long> chunkIds)
        {
            ref int dot = ref MemoryMarshal.GetReference(dots);
            ref float scale = ref MemoryMarshal.GetReference(scales);
            Vector256<float> sums = default, squares = default;
            int i = 0;
            for (; i <= dots.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> scores = Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref dot, (nuint)i) - Vector256.Create(bias)) * Vector256.LoadUnsafe(ref scale, (nuint)i);
                sums += scores;
                squares += scores * scores;
                // Nearly always so: this loop reads every row.
                if (Vector256.LessThanAll(scores, Vector256.Create(_worst))) continue;
                for (int lane = 0; lane < Vector256<float>.Count; lane++) Insert(scores[lane], chunkIds[i + lane]);
            }
            double sum = Vector256.Sum(sums), square = Vector256.Sum(squares);
            for (; i < dots.Length; i++)
            {
                float score = (dots[i] - bias) * scales[i];
                sum += score;
                square += (double)score * score;
                Insert(score, chunkIds[i]);
            }
            _sum += sum;
            _squares += square;
            _count += dots.Length;
        }

        public readonly ScanResult Take(float scale)
        {
            var hits = new ScanHit[_heap.Count];
            for (int i = hits.Length - 1; _heap.TryDequeue(out long id, out (float Score, long) key); i--) hits[i] = new ScanHit(id, key.Score * scale);
            if (_count == 0) return new ScanResult(hits, default);
            double mean = _sum / _count;
            double deviation = Math.Sqrt(Math.Max(0, _squares / _count - mean * mean));
            return new ScanResult(hits, new Crowd(_count, (float)(mean * scale), (float)(deviation * scale)));
        }

        private void Insert(float score, long chunkId)
        {
            if (score < _worst || capacity == 0) return;
            if (_heap.Count < capacity) _heap.Enqueue(chunkId, (score, -chunkId));
            else _heap.EnqueueDequeue(chunkId, (score, -chunkId));
            if (_heap.Count == capacity && _heap.TryPeek(out _, out (float Score, long) worst)) _worst = worst.Score;
        }
    }
}
