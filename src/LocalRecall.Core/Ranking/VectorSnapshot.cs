using System.Numerics.Tensors;

namespace LocalRecall.Core.Ranking;

/// <param name="Cosine">From eight-bit vectors: about 0.005 off.</param>
public readonly record struct ScanHit(long ChunkId, float Cosine);

/// <summary>The vectors at one moment. Never changes; safe for concurrent use.</summary>
public sealed class VectorSnapshot
{
    private const int RowsAtOnce = 512;

    private readonly int _dimensions;
    private readonly Part[] _parts;
    private readonly Place?[] _places;

    internal VectorSnapshot(int dimensions, int count, Part[] parts, Place?[] places) =>
        (_dimensions, Count, _parts, _places) = (dimensions, count, parts, places);

    internal readonly record struct Part(VectorSegment Segment, int Count, RowMask Removed);

    public int Count { get; }

    /// <summary>The nearest chunks that pass, nearest first, equal ones in order of id.</summary>
    /// <param name="query">Unit vector.</param>
    /// <param name="top">How many at most; ask for a hundred and make them exact with <see cref="Rescore"/>.</param>
    /// <exception cref="ArgumentException">The query has another number of dimensions.</exception>
    public IReadOnlyList<ScanHit> Scan(ReadOnlySpan<float> query, FilterPredicate? filter, int top)
    {
        if (query.Length != _dimensions) throw new ArgumentException($"The query has {query.Length} dimensions instead of {_dimensions}.", nameof(query));
        if (top <= 0) return [];
        if (filter is { MatchesAll: true }) filter = null;

        Span<sbyte> quantised = new sbyte[VectorSegment.PaddedLength(_dimensions)];
        float step = VectorSegment.StepOf(query);
        int bias = 0;
        for (int i = 0; i < query.Length; i++) bias += quantised[i] = VectorSegment.Quantise(query[i], step);
        bias *= 128;

        bool[]? passing = filter is null ? null : Array.ConvertAll(_places, p => p is not null && filter.MatchesPlace(p.Kind, p.AppliesTo, p.Project));
        var best = new TopHits(Math.Min(top, Count));
        Span<int> dots = stackalloc int[RowsAtOnce];
        foreach (Part part in _parts)
        {
            bool all = filter is null && part.Removed.IsEmpty;
            for (int row = 0; row < part.Count;)
            {
                int end = Math.Min(row + RowsAtOnce, part.Count);
                if (!all)
                {
                    int last = row;
                    while (last < end && Passes(part, last)) last++;
                    end = last;
                }
                if (end == row)
                {
                    row++;
                    continue;
                }
                Span<int> run = dots[..(end - row)];
                Int8Kernel.Dot(part.Segment.Bytes(row, run.Length), quantised, run);
                best.Offer(run, bias, part.Segment.Scales.AsSpan(row, run.Length), part.Segment.ChunkIds.AsSpan(row, run.Length));
                row = end;
            }
        }
        return best.Take(step);

        bool Passes(in Part part, int row) => !part.Removed[row]
            && (passing is null || (passing[part.Segment.Places[row]] && filter!.MatchesTime(part.Segment.Ticks[row]) && filter.MatchesChunk(part.Segment.ChunkIds[row])));
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

    /// <summary>Keeps the best so many; the worst of them on top of a heap.</summary>
    private struct TopHits(int capacity)
    {
        private readonly PriorityQueue<long, (float Score, long NegatedId)> _heap = new(capacity);
        private float _worst = float.NegativeInfinity;

        public void Offer(ReadOnlySpan<int> dots, int bias, ReadOnlySpan<float> scales, ReadOnlySpan<long> chunkIds)
        {
            float worst = _worst;
            for (int i = 0; i < dots.Length; i++)
            {
                float score = (dots[i] - bias) * scales[i];
                // Nearly always so: this loop reads every row.
                if (score < worst) continue;
                Insert(score, chunkIds[i]);
                worst = _worst;
            }
        }

        private void Insert(float score, long chunkId)
        {
            if (_heap.Count < capacity) _heap.Enqueue(chunkId, (score, -chunkId));
            else _heap.EnqueueDequeue(chunkId, (score, -chunkId));
            if (_heap.Count == capacity && _heap.TryPeek(out _, out (float Score, long) worst)) _worst = worst.Score;
        }

        public readonly IReadOnlyList<ScanHit> Take(float scale)
        {
            var hits = new ScanHit[_heap.Count];
            for (int i = hits.Length - 1; _heap.TryDequeue(out long id, out (float Score, long) key); i--) hits[i] = new ScanHit(id, key.Score * scale);
            return hits;
        }
    }
}
