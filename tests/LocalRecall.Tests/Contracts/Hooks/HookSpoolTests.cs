using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Client;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Contracts.Hooks;

public sealed class HookSpoolTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2));

    private readonly TempFolder _folder = new();

    private string Home => _folder["home"];

    public void Dispose() => _folder.Dispose();

    private static HookInput Hook(string session = "s", int minute = 0) =>
        new("claude-code", "Stop", session, null, "/p", "/p", null, "/t/s.jsonl", "Done: \"quoted\", ä, 🦊,\nand a second line.", Start.AddMinutes(minute));

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = HookSpool.Write(Home, Hook());

        Assert.Equal(Hook(), HookSpool.Read(path));
        Assert.Equal([path], HookSpool.List(Home));
        HookSpool.Delete(path);
        HookSpool.Delete(path);
        Assert.Empty(HookSpool.List(Home));
    }

    [Fact]
    public void Files_are_listed_in_the_order_of_their_events()
    {
        Assert.Empty(HookSpool.List(Home));
        string[] written = [.. new[] { 5, 1, 3 }.Select(minute => HookSpool.Write(Home, Hook(minute: minute)))];

        Assert.Equal([written[1], written[2], written[0]], HookSpool.List(Home));
        Assert.Matches(@"^\d{19}-[0-9a-f]{32}\.json$", Path.GetFileName(written[0]));
    }

    [Fact]
    public async Task Many_may_write_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => HookSpool.Write(Home, Hook($"s{i}")))));

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"s{i}").Order(), HookSpool.List(Home).Select(path => HookSpool.Read(path)!.SessionId).Order());
    }

    [UnixFact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Nobody_else_may_read_it()
    {
        string path = HookSpool.Write(Home, Hook());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(HookSpool.FolderOf(Home)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"agent\":\"claude-code\",\"eve")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"agent\":null,\"event\":\"Stop\",\"sessionId\":\"s\",\"at\":\"2026-03-01T12:00:00Z\"}")]
    [InlineData("{\"agent\":\"claude-code\",\"event\":7,\"sessionId\":\"s\"}")]
    [InlineData("\0\u0001\u0002")]
    public void What_is_none_of_ours_is_told_apart_and_set_aside(string content)
    {
        string good = HookSpool.Write(Home, Hook());
        string bad = _folder.Write("home/spool/0000000000000000001-x.json", content);

        Assert.Null(HookSpool.Read(bad));
        HookSpool.SetAside(Home, bad);

        Assert.Equal([good], HookSpool.List(Home));
        Assert.Equal(content, File.ReadAllText(Path.Combine(HookSpool.BadFolderOf(Home), Path.GetFileName(bad))));
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        string path = _folder.Write("home/spool/1-x.json", """{"agent":"a","event":"Stop","sessionId":"s","at":"2026-03-01T10:00:00Z","later":{"x":[1]}}""");
        Assert.Equal(new HookInput("a", "Stop", "s", null, null, null, null, null, null, Start), HookSpool.Read(path));
    }

    [Fact]
    public void What_killed_writers_left_goes_when_it_is_old()
    {
        HookSpool.Write(Home, Hook());
        string fresh = _folder.Write("home/spool/.1-x.json.0.tmp", "{");
        string old = _folder.Write("home/spool/.1-y.json.0.tmp", "{");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        Assert.Single(HookSpool.List(Home));

        Assert.True(File.Exists(fresh));
        Assert.False(File.Exists(old));
    }
}
