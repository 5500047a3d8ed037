using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Memories;

public sealed class DedupKeyTests
{
    private static readonly Memory Original = new(
        MemoryId.New(), MemoryKind.Episodic, "Subject", ["k"], AppliesTo.Parse("file:src/a.ts, area:Build"), DateTimeOffset.UnixEpoch, "/repo", "The body.");

    private static void Same(Memory other) => Assert.Equal(DedupKey.Of(Original), DedupKey.Of(other));

    private static void Different(Memory other) => Assert.NotEqual(DedupKey.Of(Original), DedupKey.Of(other));

    [Fact]
    public void Time_id_subject_and_keywords_make_no_difference() =>
        Same(Original with { Id = MemoryId.New(), Subject = "Other", Keywords = [], OccurredAt = DateTimeOffset.UnixEpoch.AddDays(1) });

    [Fact]
    public void The_same_scope_spelled_otherwise_is_the_same()
    {
        Same(Original with { AppliesTo = AppliesTo.Parse("area:build|file:./src/x/../a.ts") });
        Same(Original with { AppliesTo = AppliesTo.Parse("file:/repo/src/a.ts area:build"), Project = "/repo/" });
    }

    [Fact]
    public void Kind_scope_project_and_body_make_a_difference()
    {
        Different(Original with { Kind = MemoryKind.Document });
        Different(Original with { AppliesTo = AppliesTo.Parse("file:src/b.ts, area:build") });
        Different(Original with { AppliesTo = AppliesTo.Global });
        Different(Original with { Project = "/other" });
        Different(Original with { Project = null });
        Different(Original with { Body = "The body. " });
    }

    [Fact]
    public void Global_among_others_is_global() =>
        Assert.Equal(DedupKey.Of(Original with { AppliesTo = AppliesTo.Global }), DedupKey.Of(Original with { AppliesTo = AppliesTo.Parse("file:a.ts, global") }));
}
