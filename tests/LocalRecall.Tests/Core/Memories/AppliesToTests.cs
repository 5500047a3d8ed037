using LocalRecall.Core.Memories;
using Xunit;

namespace LocalRecall.Tests.Core.Memories;

public sealed class AppliesToTests
{
    [Theory]
    [InlineData("global", "global")]
    [InlineData("GLOBAL", "global")]
    [InlineData(" global ", "global")]
    [InlineData("", "global")]
    [InlineData(null, "global")]
    [InlineData("file:", "global")]
    [InlineData("file:src/a.ts", "file:src/a.ts")]
    [InlineData("FILE: src/a.ts", "file:src/a.ts")]
    [InlineData("file:./src//b/../a.ts", "file:src/a.ts")]
    [InlineData("file:src\\core\\a.ts", "file:src/core/a.ts")]
    [InlineData("file:c:\\Repo\\a.ts", "file:C:/Repo/a.ts")]
    [InlineData("file:///home/me/a.ts", "file:/home/me/a.ts")]
    [InlineData("file:src/core/", "file:src/core")]
    [InlineData("file:src/core/**", "file:src/core")]
    [InlineData("file:my notes/a b.md", "file:my notes/a b.md")]
    [InlineData("Area:MCP server", "area:MCP server")]
    [InlineData("file:a.ts file:b.ts", "file:a.ts file:b.ts")]
    [InlineData("file:a.ts, file:b.ts", "file:a.ts file:b.ts")]
    [InlineData("file:a.ts|file:b.ts", "file:a.ts file:b.ts")]
    [InlineData("file:a.ts; area:build", "file:a.ts area:build")]
    [InlineData("file:a.ts, b.ts", "file:a.ts file:b.ts")]
    [InlineData("file:a.ts file:./a.ts", "file:a.ts")]
    [InlineData("'file:a.ts'", "file:a.ts")]
    [InlineData("src/core/a.ts", "file:src/core/a.ts")]
    [InlineData("package.json", "file:package.json")]
    [InlineData("hooks", "area:hooks")]
    [InlineData("file:src/global.ts", "file:src/global.ts")]
    [InlineData("file:global", "file:global")]
    public void Reads_clean_and_dirty_values(string? text, string scopes) =>
        Assert.Equal(scopes, string.Join(' ', AppliesTo.Parse(text).Scopes));

    [Fact]
    public void Keeps_the_text_as_written() => Assert.Equal("file:a.ts|file:b.ts", AppliesTo.Parse("file:a.ts|file:b.ts").Text);

    [Fact]
    public void Any_text_is_read() => Gen.ForAll(500, gen =>
    {
        AppliesTo read = AppliesTo.Parse(gen.Block(300));
        Assert.NotEmpty(read.Scopes);
        Assert.All(read.Scopes, s => Assert.Equal(s.Kind == ScopeKind.Global, s.Value.Length == 0 && s.Kind != ScopeKind.File));
    });

    [Theory]
    [InlineData("a/b", "a/b")]
    [InlineData("/a/../../b", "/b")]
    [InlineData("../a", "../a")]
    [InlineData("a/../../b", "../b")]
    [InlineData(".", "")]
    [InlineData("a/.", "a")]
    [InlineData("a/.hidden", "a/.hidden")]
    [InlineData("", "")]
    [InlineData("c:/x", "C:/x")]
    [InlineData("/", "/")]
    [InlineData("\\\\server\\share\\x", "//server/share/x")]
    public void Normalises_paths(string path, string expected) => Assert.Equal(expected, ScopePath.Normalise(path));

    [Fact]
    public void Normalising_twice_changes_nothing() => Gen.ForAll(500, gen =>
    {
        string once = ScopePath.Normalise(string.Join(gen.Pick(["/", "\\"]), gen.Many(1, 8, () => gen.Pick(["a", "B", ".", "..", "", "*", "**", "C:", " x "]))));
        Assert.Equal(once, ScopePath.Normalise(once));
    });
}
