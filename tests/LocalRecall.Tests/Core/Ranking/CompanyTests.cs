using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class CompanyTests
{
    private static readonly ModelInfo Model = new("m@1", 2, 256, "", "", ScoreFloor: -1, Calibration.Default);
    private static readonly RankingOptions NeighboursOnly = new(KeywordWeight: 0, SimilarWeight: 0, NeighbourWeight: 0.5, NeighbourTime: TimeSpan.FromMinutes(10));
    private static readonly RankingOptions LikenessOnly = new(KeywordWeight: 0, SimilarWeight: 1, NeighbourWeight: 0);

    private sealed record Found(long Id, float Cosine, double Minute = 0, string? Project = "/p", MemoryKind Kind = MemoryKind.Exchange, long? Memory = null, float[]? Vector = null);

    private static Findings Findings(params Found[] found) => new(
        KeywordQuery.Empty, found.ToDictionary(f => f.Id, f => f.Cosine), default, KeywordMatches.None,
        [.. found.Select(f => new ChunkDescription(
            f.Id, f.Memory ?? f.Id, 0, 1, new ChunkFacts(f.Kind, AppliesTo.Global, f.Project, DateTimeOffset.UnixEpoch.AddMinutes(f.Minute)), ""))],
        100, DateTimeOffset.UnixEpoch)
    {
        Vectors = found.Where(f => f.Vector is not null).ToDictionary(f => f.Id, f => f.Vector!),
    };

    private static IReadOnlyList<MemoryHit> Rank(RankingOptions options, params Found[] found) => Ranker.Rank(Findings(found), options, Model).Memories;

    private static IEnumerable<long> Ids(IReadOnlyList<MemoryHit> memories) => memories.Select(m => m.Best.ChunkId);

    /// <summary>A question that fits well, its answer, which does not, and one of another day between them.</summary>
    private static Found[] Talk(Found answer) => [new(1, 0.9f), answer, new(3, 0.6f, Minute: 3000), new(4, 0.1f, Minute: 9000)];

    [Fact]
    public void An_answer_is_lifted_by_the_question_beside_it()
    {
        IReadOnlyList<MemoryHit> memories = Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 1)));

        Assert.Equal([1, 2, 3, 4], Ids(memories));
        Assert.Equal([new Boost("neighbour-weight", 0.5 / 1.5)], memories[1].Best.Parts.Boosts);
        Assert.Equal((0.375 + 0.5) / 1.5, memories[1].Best.Score, 6);
        Assert.Empty(memories[2].Best.Parts.Boosts);
        Assert.Equal([1, 3, 2, 4], Ids(Rank(NeighboursOnly with { NeighbourWeight = 0 }, Talk(new(2, 0.4f, Minute: 1)))));
    }

    [Fact]
    public void Neighbours_are_of_the_same_project_near_but_not_the_same_in_time_and_no_documents()
    {
        Assert.Equal([1, 3, 2, 4], Ids(Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 1, Project: "/q")))));
        Assert.Equal([1, 3, 2, 4], Ids(Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 11)))));
        Assert.Equal([1, 3, 2, 4], Ids(Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 1, Kind: MemoryKind.Document)))));
        Assert.Equal([1, 3, 2, 4], Ids(Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 0)))));
        Assert.Equal([1, 2, 3, 4], Ids(Rank(NeighboursOnly, Talk(new(2, 0.4f, Minute: 10)))));
    }

    [Fact]
    public void Neighbours_are_the_nearest_two_on_each_side()
    {
        IReadOnlyList<MemoryHit> memories = Rank(
            NeighboursOnly, new(1, 0.9f), new(2, 0.2f, Minute: 1), new(3, 0.2f, Minute: 2), new(4, 0.2f, Minute: 3), new(5, 0.1f, Minute: -1), new(6, 0.1f, Minute: -2), new(7, 0.1f, Minute: -3));
        Dictionary<long, double> boosts = memories.ToDictionary(m => m.Best.ChunkId, m => m.Best.Parts.Boosts.Sum(b => b.Value) * 1.5);
        Assert.Equal([0.5, 0.5, 0.5, 0.5], new long[] { 2, 3, 5, 6 }.Select(id => Math.Round(boosts[id], 6)));
        Assert.All(new long[] { 1, 4, 7 }, id => Assert.InRange(boosts[id], 0, 0.1));
    }

    [Fact]
    public void Chunks_of_one_memory_are_no_neighbours()
    {
        IReadOnlyList<MemoryHit> memories = Rank(NeighboursOnly, new(1, 0.9f, Memory: 7), new(2, 0.5f, Memory: 7), new(3, 0.1f, Minute: 90));
        Assert.Empty(memories[0].Best.Parts.Boosts);
        Assert.Equal([1, 2], memories[0].Chunks.Select(c => c.ChunkId));
    }

    [Fact]
    public void What_is_like_the_best_is_lifted_and_does_not_lift_itself()
    {
        IReadOnlyList<MemoryHit> memories = Rank(
            LikenessOnly,
            new(1, 0.9f, Vector: [1, 0]), new(2, 0.8f, Vector: [1, 0]), new(3, 0.7f, Vector: [0, 1]), new(4, 0.6f, Vector: [-1, 0]), new(5, 0.5f, Vector: [1, 0]), new(6, 0.1f));

        // Each share is (cosine - 0.1) / 0.8.
        Dictionary<long, double> scores = memories.ToDictionary(m => m.Best.ChunkId, m => Math.Round(m.Best.Score * 2, 5));
        Assert.Equal([1 + 0.5, 0.875 + 0.5, 0.75, 0.625, Math.Round(0.5 + 2 / 3.0, 5), 0], new long[] { 1, 2, 3, 4, 5, 6 }.Select(id => scores[id]));
        Assert.Equal([1, 2, 5, 3, 4, 6], Ids(memories));
        Assert.Equal("similar-weight", Assert.Single(memories[2].Best.Parts.Boosts).Name);
    }

    [Fact]
    public void Only_what_would_be_looked_at_is_asked_for()
    {
        Found[] found = [.. Enumerable.Range(0, 60).Select(i => new Found(i, i / 100f))];
        Assert.Equal(Enumerable.Range(10, 50).Reverse().Select(i => (long)i), Ranker.ToCompare(Findings(found), LikenessOnly, Model));
        Assert.Empty(Ranker.ToCompare(Findings(found), NeighboursOnly, Model));
        Assert.Empty(Ranker.ToCompare(Findings(found) with { Cosines = new Dictionary<long, float>() }, LikenessOnly, Model));
    }

    [Fact]
    public void Scores_stay_between_0_and_1() => Gen.ForAll(200, gen =>
    {
        Found[] found = [.. Enumerable.Range(0, gen.Int(1, 60)).Select(i =>
            new Found(i, (float)gen.Double(), gen.Int(0, 30), gen.Pick(["/p", "/q", null]), Vector: gen.Chance(0.8) ? [MathF.Cos(i), MathF.Sin(i)] : null))];
        IReadOnlyList<MemoryHit> memories = Rank(RankingOptions.Default, found);
        Assert.Equal(found.Length, memories.Count);
        Assert.All(memories, m => Assert.InRange(m.Best.Score, 0, 1 + 1e-9));
        Assert.Equal(memories.OrderByDescending(m => m.Best.Score).ThenBy(m => m.Best.ChunkId), memories);
    });
}
