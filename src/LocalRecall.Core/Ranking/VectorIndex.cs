using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Ranking;

/// <summary>All vectors of one model in memory, eight bits a component. One owner changes it; what <see cref="Publish"/> returns may be read by anyone.</summary>
/// <remarks>
/// Each vector has a scale of its own: components of unit vectors in hundreds of dimensions lie within about ±0.25, and a scale for all
/// would leave most of the eight bits unused, or would have to be known before the first vector comes.
/// </remarks>
public sealed class VectorIndex
{
    /// <summary>Segments that one <see cref="Publish"/> moves together: a few ms, and memory for no more than these twice.</summary>
    private const int CompactedAtOnce = 16;

    private readonly int _dimensions;
    private readonly List<VectorSnapshot.Part> _parts;
    private readonly FactTable _facts;
    private int _dead;

    public VectorIndex(int dimensions)
        : this(dimensions, [], new FactTable())
    {
    }

    internal VectorIndex(int dimensions, List<VectorSnapshot.Part> parts, FactTable facts) =>
        (_dimensions, _parts, _facts, Count) = (dimensions, parts, facts, parts.Sum(part => part.Count));

    /// <summary>Chunks that can be found.</summary>
    public int Count { get; private set; }

    /// <summary>Grows with every chunk that comes or goes.</summary>
    public long Changes { get; private set; }

    /// <summary>Adds a chunk, or replaces the one with its id.</summary>
    /// <exception cref="ArgumentException">The vector has another number of dimensions.</exception>
    public void Add(IndexedChunk chunk)
    {
        if (chunk.Vector.Length != _dimensions) throw new ArgumentException($"The vector has {chunk.Vector.Length} dimensions instead of {_dimensions}.", nameof(chunk));
        Remove(chunk.ChunkId);
        Next(out VectorSegment segment, out int row);
        segment.Write(row, chunk.ChunkId, _facts.IdOf(chunk.Facts), chunk.Facts.OccurredAt.UtcTicks, chunk.Vector);
        Count++;
        Changes++;
    }

    public bool Remove(long chunkId)
    {
        // Ids come nearly always in ascending order, so few segments are looked into.
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            VectorSnapshot.Part part = _parts[i];
            if (part.Find(chunkId) is not (>= 0 and int row)) continue;
            _parts[i] = part with { Removed = part.Removed.With(row) };
            _dead++;
            Count--;
            Changes++;
            return true;
        }
        return false;
    }

    /// <summary>The state now. Buffers are shared with later states, nothing is copied; when a quarter of the rows are dead, live ones are moved together first, some segments at a time.</summary>
    public VectorSnapshot Publish()
    {
        if (_dead > Math.Max(VectorSegment.Rows, (Count + _dead) / 4)) Compact();
        for (int i = 0; i < _parts.Count; i++) _parts[i] = _parts[i] with { Removed = _parts[i].Removed.Shared() };
        return new VectorSnapshot(_dimensions, Count, [.. _parts], _facts.Places);
    }

    /// <summary>Compares with the ids that there should be.</summary>
    /// <param name="ids">Ascending.</param>
    /// <returns>Ids that are only here, and those that are only there; both ascending.</returns>
    public (IReadOnlyList<long> OnlyHere, IReadOnlyList<long> OnlyThere) Compare(IEnumerable<long> ids)
    {
        var here = new long[Count];
        int count = 0;
        foreach (VectorSnapshot.Part part in _parts)
        {
            for (int row = 0; row < part.Count; row++)
                if (!part.Removed[row]) here[count++] = part.Segment.ChunkIds[row];
        }
        Array.Sort(here);

        List<long> onlyHere = [], onlyThere = [];
        int at = 0;
        foreach (long id in ids)
        {
            while (at < count && here[at] < id) onlyHere.Add(here[at++]);
            if (at < count && here[at] == id) at++;
            else onlyThere.Add(id);
        }
        onlyHere.AddRange(here.AsSpan(at));
        return (onlyHere, onlyThere);
    }

    /// <summary>The row after the last one.</summary>
    private void Next(out VectorSegment segment, out int row)
    {
        if (_parts is [] || _parts[^1].Count == VectorSegment.Rows) _parts.Add(new VectorSnapshot.Part(new VectorSegment(_dimensions), 0, default));
        VectorSnapshot.Part last = _parts[^1];
        (segment, row) = (last.Segment, last.Count);
        _parts[^1] = last with { Count = row + 1 };
    }

    private void Compact()
    {
        VectorSnapshot.Part[] deadest = [.. _parts.OrderByDescending(part => part.Removed.Count).Take(CompactedAtOnce).Where(part => !part.Removed.IsEmpty)];
        HashSet<VectorSegment> moved = [.. deadest.Select(part => part.Segment)];
        _parts.RemoveAll(part => moved.Contains(part.Segment));
        foreach (VectorSnapshot.Part part in deadest)
        {
            _dead -= part.Removed.Count;
            for (int at = 0; at < part.Count; at++)
            {
                if (part.Removed[at]) continue;
                Next(out VectorSegment segment, out int row);
                segment.CopyRow(row, part.Segment, at, part.Segment.Places[at]);
            }
        }
    }
}

/// <summary>Everything of <see cref="ChunkFacts"/> but the time.</summary>
internal sealed record Place(MemoryKind Kind, AppliesTo AppliesTo, string? Project);

/// <summary>Numbers the different places; an array once handed out keeps its first entries for ever.</summary>
internal sealed class FactTable
{
    private readonly Dictionary<(MemoryKind Kind, string AppliesTo, string? Project), int> _ids = [];

    public Place[] Places { get; private set; } = new Place[16];

    public int IdOf(ChunkFacts facts) => IdOf(facts.Kind, facts.AppliesTo, facts.Project);

    public int IdOf(MemoryKind kind, AppliesTo appliesTo, string? project)
    {
        if (_ids.TryGetValue((kind, appliesTo.Text, project), out int id)) return id;
        id = _ids.Count;
        if (id == Places.Length)
        {
            Place[] wider = new Place[id * 2];
            Places.CopyTo(wider, 0);
            Places = wider;
        }
        Places[id] = new Place(kind, appliesTo, project);
        _ids.Add((kind, appliesTo.Text, project), id);
        return id;
    }
}

/// <summary>Which rows of a segment are dead; copied on the first change after it was handed out.</summary>
internal readonly struct RowMask
{
    private readonly ulong[]? _bits;
    private readonly bool _shared;

    private RowMask(ulong[]? bits, int count, bool shared) => (_bits, Count, _shared) = (bits, count, shared);

    public int Count { get; }

    public bool IsEmpty => _bits is null;

    public bool this[int row] => _bits is not null && (_bits[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>The 64 rows from <c>64 * word</c> on, a bit each.</summary>
    public ulong Word(int word) => _bits is null ? 0 : _bits[word];

    public RowMask Shared() => new(_bits, Count, shared: true);

    /// <param name="row">Not dead yet.</param>
    public RowMask With(int row)
    {
        ulong[] bits = _bits is null ? new ulong[VectorSegment.Rows / 64] : _shared ? [.. _bits] : _bits;
        bits[row >> 6] |= 1UL << (row & 63);
        return new RowMask(bits, Count + 1, shared: false);
    }
}
