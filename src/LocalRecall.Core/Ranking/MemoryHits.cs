using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ranking;

/// <summary>One memory found, by one or more of its chunks.</summary>
/// <param name="Score">Its best chunk's.</param>
/// <param name="Chunks">Best first.</param>
public sealed record MemoryHit(MemoryId Id, double Score, Matched Matched, IReadOnlyList<RankedChunk> Chunks);

public static class MemoryHits
{
    /// <param name="ranked">Best first.</param>
    /// <param name="memoryOf">Null: the chunk is gone, leave it out.</param>
    public static IReadOnlyList<MemoryHit> Group(IEnumerable<RankedChunk> ranked, Func<long, MemoryId?> memoryOf)
    {
        var groups = new OrderedDictionary<MemoryId, List<RankedChunk>>();
        foreach (RankedChunk chunk in ranked)
        {
            if (memoryOf(chunk.ChunkId) is not { } id) continue;
            if (!groups.TryGetValue(id, out List<RankedChunk>? chunks)) groups.Add(id, chunks = []);
            chunks.Add(chunk);
        }
        return [.. groups.Select(g => new MemoryHit(g.Key, g.Value[0].Score, g.Value.Aggregate(Matched.None, (m, c) => m | c.Matched), g.Value))];
    }
}
