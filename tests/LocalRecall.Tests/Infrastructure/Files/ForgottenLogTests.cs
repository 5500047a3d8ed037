using LocalRecall.Infrastructure.Files;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Files;

public sealed class ForgottenLogTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    private ForgottenLog Log => new(_home["new", "forgotten.jsonl"], TimeProvider.System);

    [Fact]
    public void What_was_forgotten_and_not_remembered_again_is_loaded()
    {
        Log.Forget("a");
        Log.Forget("b");
        Log.Remember("a");
        Log.Forget("c");
        Log.Forget("b");
        Assert.Equal(["b", "c"], Log.Load().Order());
    }

    [Fact]
    public void A_line_torn_by_a_crash_is_passed_over_and_not_continued()
    {
        Log.Forget("a");
        string path = _home["new", "forgotten.jsonl"];
        File.AppendAllText(path, "{\"action\":\"forget\",\"key\":\"to");
        Assert.Equal(["a"], Log.Load());

        Log.Forget("b");
        Assert.Equal(["a", "b"], Log.Load().Order());
    }
}
