using LocalRecall.Cli.Doctor;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Doctor;

public sealed class SpoolChecksTests : IDisposable
{
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_waits_is_counted_and_a_fault_only_when_it_waits_long()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.Equal(CheckState.Ok, SpoolChecks.Spool(home.Path, now).State);
        HookSpool.Write(home.Path, Hook(now));
        Check fresh = SpoolChecks.Spool(home.Path, now);
        Assert.Equal(CheckState.Ok, fresh.State);
        Assert.StartsWith("1 events wait", fresh.Detail);
        Assert.Equal(CheckState.Warning, SpoolChecks.Spool(home.Path, now.AddHours(1)).State);
    }

    [Fact]
    public void What_was_set_aside_is_said()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        HookSpool.SetAside(home.Path, HookSpool.Write(home.Path, Hook(now)));
        Check check = SpoolChecks.Spool(home.Path, now);
        Assert.Equal(CheckState.Warning, check.State);
        Assert.Contains(HookSpool.BadFolderOf(home.Path), check.Advice);
    }

    [Fact]
    public void Who_opted_out_is_told()
    {
        Assert.Null(SpoolChecks.OptedOut(home.Path));
        File.WriteAllText(Path.Combine(home.Path, OptOut.FileName), "");
        Assert.Contains(OptOut.FileName, SpoolChecks.OptedOut(Path.Combine(home.Path, "below"))!.Detail);
    }

    [Theory]
    [InlineData(1, "1 seconds")]
    [InlineData(119, "119 seconds")]
    [InlineData(120, "2 minutes")]
    [InlineData(7200, "2 hours")]
    [InlineData(864000, "10 days")]
    public void Ages_are_said_in_round_numbers(int seconds, string expected) => Assert.Equal(expected, SpoolChecks.Ago(TimeSpan.FromSeconds(seconds)));

    private static HookInput Hook(DateTimeOffset at) => new("claude-code", "Stop", "s", null, null, null, null, null, null, at);
}
