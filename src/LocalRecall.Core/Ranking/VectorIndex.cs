using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>All vectors of one model in memory, eight bits a component. One owner changes it; what <see cref="Publish"/> returns may be read by anyone.</summary>
/// <remarks>
/// Each vector has a scale of its own: components of unit vectors in hundreds of dimensions lie within about ±0.25, and a scale for all
/// would leave most of the eight bits unused, or would have to be known before the first vector comes.
/// </remarks>
public sealed class VectorIndex(int dimensions)
{
    private readonly Dictionary<long, int> _rows = [];
    private readonly List<VectorSegment> _segments = [];
    private readonly List<RowMask> _removed = [];
    private FactTable _facts = new();
    private int _used;

    /// <summary>Chunks that can be found.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a chunk, or replaces the one with its id.</summary>
    /// <exception cref="ArgumentException">The vector has another number of dimensions.</exception>
    public void Add(IndexedChunk chunk)
    {
        if (chunk.Vector.Length != dimensions) throw new ArgumentException($"The vector has {chunk.Vector.Length} dimensions instead of {dimensions}.", nameof(chunk));
        Remove(chunk.ChunkId);
        int row = _used % VectorSegment.Rows;
        if (row == 0)
        {
            _segments.Add(new VectorSegment(dimensions));
            _removed.Add(default);
        }
        _segments[^1].Write(row, chunk.ChunkId, _facts.IdOf(chunk.Facts), chunk.Facts.OccurredAt.UtcTicks, chunk.Vector);
        _rows.Add(chunk.ChunkId, _used++);
    }

    public bool Remove(long chunkId)
    {
        if (!_rows.Remove(chunkId, out int row)) return false;
        (int segment, int at) = Math.DivRem(row, VectorSegment.Rows);
        _removed[segment] = _removed[segment].With(at);
        return true;
    }

    /// <summary>The state now. Buffers are shared with later states, nothing is copied; when a quarter of the rows are dead, the live ones are moved together first.</summary>
    public VectorSnapshot Publish()
    {
        if (_used - _rows.Count > Math.Max(VectorSegment.Rows, _used / 4)) Compact();
        var parts = new VectorSnapshot.Part[_segments.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            _removed[i] = _removed[i].Shared();
            parts[i] = new VectorSnapshot.Part(_segments[i], Math.Min(VectorSegment.Rows, _used - i * VectorSegment.Rows), _removed[i]);
        }
        return new VectorSnapshot(dimensions, _rows.Count, parts, _facts.Places);
    }

    private void Compact()
    {
        VectorSegment[] old = [.. _segments];
        FactTable facts = _facts;
        int[] live = [.. _rows.Values.Order()];
        _facts = new FactTable();
        _segments.Clear();
        _removed.Clear();
        _used = 0;
        foreach (int from in live)
        {
            int row = _used % VectorSegment.Rows;
            if (row == 0)
            {
                _segments.Add(new VectorSegment(dimensions));
                _removed.Add(default);
            }
            (int segment, int at) = Math.DivRem(from, VectorSegment.Rows);
            _segments[^1].CopyRow(row, old[segment], at, _facts.IdOf(facts.Places[old[segment].Places[at]]));
            _rows[_segments[^1].ChunkIds[row]] = _used++;
        }
    }
}

/// <summary>Everything of <see cref="ChunkFacts"/> but the time.</summary>
internal sealed record Place(MemoryKind Kind, AppliesTo AppliesTo, string? Project);

/// <summary>Numbers the different places; an array once handed out keeps its first entries for ever.</summary>
internal sealed class FactTable
{
    private readonly Dictionary<Place, int> _ids = [];

    public Place[] Places { get; private set; } = new Place[16];

    public int IdOf(ChunkFacts facts) => IdOf(new Place(facts.Kind, facts.AppliesTo, facts.Project));

    public int IdOf(Place place)
    {
        if (_ids.TryGetValue(place, out int id)) return id;
        id = _ids.Count;
        if (id == Places.Length)
        {
            Place[] wider = new Place[id * 2];
            Places.CopyTo(wider, 0);
            Places = wider;
        }
        Places[id] = place;
        _ids.Add(place, id);
        return id;
    }
}

/// <summary>Which rows of a segment are dead; copied on the first change after it was handed out.</summary>
internal readonly struct RowMask
{
    private readonly ulong[]? _bits;
    private readonly bool _shared;

    private RowMask(ulong[]? bits, bool shared) => (_bits, _shared) = (bits, shared);

    public bool IsEmpty => _bits is null;

    public bool this[int row] => _bits is not null && (_bits[row >> 6] >> (row & 63) & 1) != 0;

    public RowMask Shared() => new(_bits, shared: true);

    public RowMask With(int row)
    {
        ulong[] bits = _bits is null ? new ulong[VectorSegment.Rows / 64] : _shared ? [.. _bits] : _bits;
        bits[row >> 6] |= 1UL << (row & 63);
        return new RowMask(bits, shared: false);
    }
}
