using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Files;

public sealed class RootListTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    private RootList Roots => new(_home.Path);

    [Fact]
    public void There_are_none_at_first() => Assert.Empty(Roots.Load());

    [Fact]
    public void Roots_outlive_the_process_that_added_them_in_order_of_their_paths()
    {
        var a = new ImportRoot(_home["a"], null, Watch: true);
        var b = new ImportRoot(_home["b"], "/project", Watch: false);
        Roots.Add(b);
        Roots.Add(a with { Path = a.Path + Path.DirectorySeparatorChar });
        Assert.Equal([a, b], Roots.Load());
    }

    [Fact]
    public void Adding_a_path_again_replaces_its_root()
    {
        Roots.Add(new ImportRoot(_home["a"], null, Watch: true));
        Roots.Add(new ImportRoot(_home["a"], "/project", Watch: false));
        Assert.Equal([new ImportRoot(_home["a"], "/project", Watch: false)], Roots.Load());
    }

    [Fact]
    public void A_removed_root_is_gone_and_removing_it_again_says_so()
    {
        Roots.Add(new ImportRoot(_home["a"], null, Watch: true));
        Assert.True(Roots.Remove(_home["a"]));
        Assert.False(Roots.Remove(_home["a"]));
        Assert.Empty(Roots.Load());
    }

    [Theory]
    [InlineData("{ \"roots\": [")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_damaged_list_is_reported_and_not_overwritten(string content)
    {
        string path = _home.Write("roots.json", content);
        Assert.Contains(path, Assert.Throws<IOException>(() => Roots.Load()).Message);
        Assert.Throws<IOException>(() => Roots.Add(new ImportRoot(_home["a"], null, Watch: true)));
        Assert.Equal(content, File.ReadAllText(path));
    }
}
