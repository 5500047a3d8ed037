using System.Numerics.Tensors;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ranking;

/// <summary>What the other memories found say for one of them: that it is like the best ones, and that it comes from the same moment as a good one.</summary>
internal static class Company
{
    public const string Similar = "similar-weight";
    public const string Neighbour = "neighbour-weight";

    /// <summary>Memories that may be lifted; further down nobody looks.</summary>
    public const int Considered = 50;

    private const int Leaders = 3;
    private const int NeighboursEachSide = 2;

    /// <summary>Lifts each memory's best chunk. Scores stay 0 to 1: everything is divided by the most there can be.</summary>
    /// <param name="memories">Each with its chunks, best first.</param>
    /// <param name="openness">How far the words of the query leave it open what fits (<see cref="Exactness"/>).</param>
    public static IEnumerable<List<RankedChunk>> Lift(IReadOnlyList<List<RankedChunk>> memories, Findings found, RankingOptions options, double openness)
    {
        double similar = openness * options.SimilarWeight, neighbour = openness * options.NeighbourWeight, most = 1 + similar + neighbour;
        if (most <= 1) return memories;

        RankedChunk[] best = [.. memories.Select(chunks => chunks[0])];
        double[] likeness = similar > 0 ? Likeness([.. best.Take(Considered)], found.Vectors) : [];
        double[] nearby = neighbour > 0 ? Nearby(best, options.NeighbourTime) : [];
        return memories.Select((chunks, i) =>
        {
            var boosts = new List<Boost>();
            if (i < likeness.Length && likeness[i] > 0) boosts.Add(new Boost(Similar, similar * likeness[i] / most));
            if (i < nearby.Length && nearby[i] > 0) boosts.Add(new Boost(Neighbour, neighbour * nearby[i] / most));
            return chunks.ConvertAll(chunk => chunk with
            {
                Parts = chunk.Parts with { VectorShare = chunk.Parts.VectorShare / most, KeywordShare = chunk.Parts.KeywordShare / most, Boosts = chunk == chunks[0] ? boosts : [] },
            });
        });
    }

    /// <summary>How like each is to the first three, itself not counted: the mean cosine.</summary>
    private static double[] Likeness(RankedChunk[] chunks, IReadOnlyDictionary<long, float[]> vectors)
    {
        RankedChunk[] leaders = [.. chunks.Where(chunk => vectors.ContainsKey(chunk.ChunkId)).Take(Leaders)];
        return [.. chunks.Select(chunk => vectors.TryGetValue(chunk.ChunkId, out float[]? vector)
            ? leaders.Where(leader => leader != chunk).Select(leader => Math.Max(0.0, TensorPrimitives.Dot(vector, vectors[leader.ChunkId]))).DefaultIfEmpty().Average()
            : 0)];
    }

    /// <summary>For each of the first ones the best score of what was found of the same project next to it in time. Documents have no moment, and what all bears one time was only brought in together.</summary>
    private static double[] Nearby(RankedChunk[] best, TimeSpan within)
    {
        var nearby = new double[Math.Min(best.Length, Considered)];
        foreach (var project in Enumerable.Range(0, best.Length).Where(i => best[i].Chunk.Facts.Kind != MemoryKind.Document).GroupBy(i => best[i].Chunk.Facts.Project))
        {
            int[] inTime = [.. project.OrderBy(i => best[i].Chunk.Facts.OccurredAt).ThenBy(i => best[i].Chunk.MemoryKey)];
            for (int at = 0; at < inTime.Length; at++)
            {
                int memory = inTime[at];
                if (memory >= nearby.Length) continue;
                for (int other = Math.Max(0, at - NeighboursEachSide); other <= Math.Min(inTime.Length - 1, at + NeighboursEachSide); other++)
                {
                    RankedChunk neighbour = best[inTime[other]];
                    TimeSpan apart = (neighbour.Chunk.Facts.OccurredAt - best[memory].Chunk.Facts.OccurredAt).Duration();
                    if (apart > TimeSpan.Zero && apart <= within)
                        nearby[memory] = Math.Max(nearby[memory], neighbour.Score);
                }
            }
        }
        return nearby;
    }
}
