using LocalRecall.Cli.Install;
using Xunit;

namespace LocalRecall.Tests.Cli.Install;

public sealed class TomlTextTests
{
    [Fact]
    public void Finds_tables_and_keys_and_nothing_in_strings_comments_or_lists()
    {
        var toml = new TomlText(
            """"
            # [not.a.table]
            model = "gpt" # [nor.this]
            text = """
            [not.this]
            x = "y"
            """
            raw = '''
            [nor.that]'''
            list = [
              "[a]", # [b]
              { c = 1 },
            ]
              [ one . "two.three" ]
            a.b = { c = "]" }
            [[many]]
            d = 1979-05-27T07:32:00Z
            """", "config.toml");
        Assert.Equal(
            ["model", "text", "raw", "list", "[one|two.three]", "one|two.three|a|b", "[many]", "many|d"],
            toml.Statements.Select(s => s.Key is null ? $"[{string.Join('|', s.Table)}]" : string.Join('|', s.Name)));
    }

    [Theory]
    [InlineData("a = \"x\n", 1)]
    [InlineData("a = 1\n[b\n", 2)]
    [InlineData("a = [1,\n", 2)]
    [InlineData("a\n", 1)]
    [InlineData("[b] c = 1\n", 1)]
    [InlineData("a = \"\"\"x", 1)]
    public void What_is_not_toml_is_refused(string text, int line) =>
        Assert.Contains($"line {line}", Assert.Throws<ConfigException>(() => new TomlText(text, "config.toml")).Message);
}
