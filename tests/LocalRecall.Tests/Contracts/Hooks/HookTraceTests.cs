using LocalRecall.Contracts.Hooks;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Contracts.Hooks;

public sealed class HookTraceTests : IDisposable
{
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void The_last_event_of_each_agent_is_known()
    {
        Assert.Null(HookTrace.Last(home.Path, "codex"));
        HookTrace.Note(home.Path, "codex", "UserPromptSubmit");
        HookTrace.Note(home.Path, "codex", "Stop");
        HookTrace.Note(home.Path, "gemini", "SessionStart");
        Assert.Equal("Stop", HookTrace.Last(home.Path, "codex")!.Event);
        Assert.Equal("SessionStart", HookTrace.Last(home.Path, "gemini")!.Event);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../evil")]
    [InlineData("a/b")]
    public void A_name_that_is_none_is_not_noted(string agent)
    {
        HookTrace.Note(home.Path, agent, "Stop");
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
    }

    [Fact]
    public void It_makes_no_home_and_never_fails()
    {
        string none = Path.Combine(home.Path, "none");
        HookTrace.Note(none, "codex", "Stop");
        Assert.False(Directory.Exists(none));
        File.WriteAllText(HookTrace.FolderOf(home.Path), "in the way");
        HookTrace.Note(home.Path, "codex", "Stop");
        Assert.Null(HookTrace.Last(home.Path, "codex"));
    }
}
