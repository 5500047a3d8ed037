using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Memories;

public sealed class ScopeMatcherTests
{
    private static bool Matches(string asked, string appliesTo, string? askedProject = null, string? memoryProject = null) =>
        new ScopeMatcher(AppliesTo.Parse(asked).Scopes[0], askedProject).Matches(AppliesTo.Parse(appliesTo), memoryProject);

    [Theory]
    [InlineData("file:src/a.ts")]
    [InlineData("area:build")]
    [InlineData("global")]
    public void Global_memories_apply_everywhere(string asked) => Assert.True(Matches(asked, "global"));

    [Fact]
    public void Asking_for_global_leaves_out_what_has_a_place()
    {
        Assert.False(Matches("global", "file:a.ts"));
        Assert.False(Matches("global", "area:build"));
    }

    [Theory]
    [InlineData("file:src/a.ts", "file:./src/x/../a.ts")]
    [InlineData("file:src\\a.ts", "file:src/a.ts")]
    [InlineData("file:src//a.ts", "file:src/a.ts")]
    [InlineData("file:C:\\Repo\\A.ts", "file:c:/repo/a.ts")]
    [InlineData("file:a.ts", "file:b.ts, file:a.ts")]
    public void Spelling_makes_no_difference(string asked, string appliesTo) => Assert.True(Matches(asked, appliesTo));

    [Fact]
    public void Letters_case_matters_where_the_file_system_minds() => Assert.False(Matches("file:/src/A.ts", "file:/src/a.ts"));

    [Fact]
    public void A_folder_means_everything_below_it()
    {
        Assert.True(Matches("file:src/core", "file:src/core/deep/a.ts"));
        Assert.True(Matches("file:src/core/", "file:src/core/a.ts"));
        Assert.False(Matches("file:src/core", "file:src/core-old/a.ts"));
        Assert.True(Matches("file:.", "file:src/a.ts"));
    }

    [Fact]
    public void A_memory_about_a_folder_applies_to_the_files_in_it()
    {
        Assert.True(Matches("file:src/core/a.ts", "file:src/core"));
        Assert.False(Matches("file:src/core.ts", "file:src/core"));
    }

    [Fact]
    public void Relative_and_absolute_paths_meet_at_the_project()
    {
        Assert.True(Matches("file:/repo/src/a.ts", "file:src/a.ts", "/repo", "/repo"));
        Assert.True(Matches("file:src/a.ts", "file:/repo/src/a.ts", "/repo/", "/repo"));
        Assert.True(Matches("file:/repo/src/a.ts", "file:src/a.ts", "/repo"));
        Assert.False(Matches("file:/other/a.ts", "file:a.ts", "/repo", "/repo"));
    }

    [Fact]
    public void Without_a_project_a_relative_path_fits_by_its_parts()
    {
        Assert.True(Matches("file:/home/me/repo/src/a.ts", "file:src/a.ts"));
        Assert.True(Matches("file:src", "file:/home/me/repo/src/a.ts"));
        Assert.False(Matches("file:/home/me/repo/xsrc/a.ts", "file:src/a.ts"));
    }

    [Fact]
    public void Areas_compare_without_case_and_never_with_files()
    {
        Assert.True(Matches("area:Build", "area: build"));
        Assert.False(Matches("area:build", "area:builder"));
        Assert.False(Matches("area:build", "file:build"));
    }

    [Fact]
    public void Every_path_matches_itself_however_it_is_spelled() => Gen.ForAll(500, gen =>
    {
        string[] parts = gen.Many(1, 6, () => gen.Pick(["src", "core", "a b", "ü", "x.ts", "deep"]));
        string spelled = string.Concat(parts.Select(p => $"{gen.Pick(["", "./", "tmp/../", "/"])}{p}{gen.Pick(["/", "\\", "//"])}")).TrimStart('/');
        Assert.True(Matches("file:" + string.Join('/', parts), "file:" + spelled, gen.Pick([null, "/repo"])));
    });
}
