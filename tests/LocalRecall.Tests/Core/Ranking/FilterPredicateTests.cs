using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class FilterPredicateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChunkFacts Facts = new(MemoryKind.Episodic, AppliesTo.Parse("file:src/a.ts"), "/repo", Noon);

    private static bool Matches(SearchFilter filter, ChunkFacts? facts = null) => new FilterPredicate(filter).Matches(facts ?? Facts);

    [Fact]
    public void No_filter_lets_everything_pass() => Assert.True(Matches(SearchFilter.None));

    [Fact]
    public void Kinds()
    {
        Assert.True(Matches(new SearchFilter(Kinds: [MemoryKind.Thinking, MemoryKind.Episodic])));
        Assert.False(Matches(new SearchFilter(Kinds: [MemoryKind.Thinking])));
        Assert.True(Matches(new SearchFilter(Kinds: [])));
    }

    [Fact]
    public void Since_is_inclusive_and_until_exclusive()
    {
        Assert.True(Matches(new SearchFilter(Since: Noon, Until: Noon.AddTicks(1))));
        Assert.False(Matches(new SearchFilter(Since: Noon.AddTicks(1))));
        Assert.False(Matches(new SearchFilter(Until: Noon)));
        Assert.True(Matches(new SearchFilter(Since: Noon.ToOffset(TimeSpan.FromHours(5)))));
    }

    [Fact]
    public void Memories_of_no_project_pass_and_those_of_others_do_not()
    {
        Assert.True(Matches(new SearchFilter(Project: "/repo/")));
        Assert.True(Matches(new SearchFilter(Project: "/other"), Facts with { Project = null }));
        Assert.False(Matches(new SearchFilter(Project: "/other")));
        Assert.False(Matches(new SearchFilter(Project: "/repo/sub")));
        Assert.True(Matches(new SearchFilter(Project: "c:\\Repo"), Facts with { Project = "C:/repo" }));
    }

    [Fact]
    public void Scopes_are_seen_from_the_project()
    {
        Assert.True(Matches(new SearchFilter(Scope: Scope.File("/repo/src"), Project: "/repo")));
        Assert.False(Matches(new SearchFilter(Scope: Scope.File("/repo/lib"), Project: "/repo")));
        Assert.True(Matches(new SearchFilter(Scope: Scope.Area("build")), Facts with { AppliesTo = AppliesTo.Global }));
    }
}
