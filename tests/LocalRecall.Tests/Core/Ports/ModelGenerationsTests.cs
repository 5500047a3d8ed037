using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Ports;

public sealed class ModelGenerationsTests
{
    private static readonly ModelGenerations A = new("a");

    [Fact]
    public void What_was_in_force_is_kept_and_what_was_before_that_is_not()
    {
        ModelGenerations c = A.Build("b").Flip("b").Build("c").Flip("c");

        Assert.Equal(new ModelGenerations("c", "b"), c);
        Assert.Equal([true, true, false], new[] { "c", "b", "a" }.Select(c.Keeps));
    }

    [Fact]
    public void What_was_begun_is_kept_until_another_one_is_begun()
    {
        Assert.Equal(new ModelGenerations("a", null, "b"), A.Build("b"));
        Assert.True(A.Build("b").Keeps("b"));
        Assert.False(A.Build("b").Build("c").Keeps("b"));
    }

    [Fact]
    public void To_go_back_and_forth_keeps_both_and_what_is_being_built()
    {
        ModelGenerations there = A.Flip("b").Build("c");

        Assert.Equal(new ModelGenerations("a", "b", "c"), there.Flip("a"));
        Assert.Equal(there, there.Flip("a").Flip("b"));
        Assert.Equal(there, there.Flip("b"));
        Assert.Equal(there, there.Build("a").Build("b"));
    }
}
