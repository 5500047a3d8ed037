using LocalRecall.Contracts;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class ProjectRootTests : IDisposable
{
    private readonly TemporaryHome folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_nearest_folder_with_a_git_folder_or_file_counts()
    {
        string inner = Directory.CreateDirectory(Path.Combine(folder.Path, "repo", "a", "worktree", "b")).FullName;
        Directory.CreateDirectory(Path.Combine(folder.Path, "repo", ".git"));
        File.WriteAllText(Path.Combine(folder.Path, "repo", "a", "worktree", ".git"), "gitdir: elsewhere");
        Assert.Equal(Path.Combine(folder.Path, "repo", "a", "worktree"), ProjectRoot.Of(inner));
        Assert.Equal(Path.Combine(folder.Path, "repo"), ProjectRoot.Of(Path.Combine(folder.Path, "repo", "a")));
        Assert.Null(ProjectRoot.Of(folder.Path));
    }

    [Fact]
    public void Paths_in_different_projects_have_none_in_common()
    {
        foreach (string name in (string[])["one", "two"])
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, name, ".git"));
        }

        string one = Path.Combine(folder.Path, "one");
        Assert.Equal(one, ProjectRoot.OfAll([one, Path.Combine(one, "x.md")]));
        Assert.Null(ProjectRoot.OfAll([one, Path.Combine(folder.Path, "two")]));
    }
}
