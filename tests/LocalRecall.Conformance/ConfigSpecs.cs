using Akka.Configuration;

namespace LocalRecall.Conformance;

public sealed class ConfigSpecs
{
    private static Config Parse(string text) => ConfigurationFactory.ParseString(text);

    [Fact]
    public void Values_have_paths_however_they_are_nested()
    {
        var config = Parse("""
            a.b.c = 1
            a { b { d = 2 } }
            a.b { e : 3 }
            """);

        Assert.Equal([1, 2, 3], new[] { "c", "d", "e" }.Select(key => config.GetInt("a.b." + key)));
        Assert.Equal(2, config.GetConfig("a.b").GetInt("d"));
    }

    [Fact]
    public void The_last_value_wins_and_objects_merge()
    {
        var config = Parse("""
            a { b = 1, c = 1 }
            a { b = 2 }
            """);

        Assert.Equal(2, config.GetInt("a.b"));
        Assert.Equal(1, config.GetInt("a.c"));
    }

    [Fact]
    public void A_fallback_fills_what_is_missing_and_only_that()
    {
        var config = Parse("a { b = 1 }").WithFallback(Parse("a { b = 2, c = 2 }")).WithFallback(Parse("a { c = 3, d = 3 }"));

        Assert.Equal([1, 2, 3], new[] { "a.b", "a.c", "a.d" }.Select(path => config.GetInt(path)));
        Assert.Equal(3, config.GetConfig("a").GetInt("d"));
    }

    [Fact]
    public void A_list_is_replaced_by_one_above_not_joined()
    {
        var config = Parse("a = [1]").WithFallback(Parse("a = [2, 3]"));

        Assert.Equal([1], config.GetIntList("a"));
    }

    [Fact]
    public void A_substitution_brings_in_a_value()
    {
        var config = Parse("""
            name = recall
            a.b = ${name}
            greeting = "hello "${name}
            copy = ${a}
            """);

        Assert.Equal("recall", config.GetString("a.b"));
        Assert.Equal("hello recall", config.GetString("greeting"));
        Assert.Equal("recall", config.GetString("copy.b"));
    }

    [Fact]
    public void A_substitution_without_value_is_an_error()
    {
        Assert.ThrowsAny<Exception>(() => Parse("a = ${nowhere}").GetString("a"));
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10 ms", 10)]
    [InlineData("3s", 3_000)]
    [InlineData("3 seconds", 3_000)]
    [InlineData("0.5s", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("250", 250)]
    public void A_duration_has_a_unit_and_is_else_in_milliseconds(string text, double milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse($"a = {text}").GetTimeSpan("a"));
    }

    [Fact]
    public void A_duration_may_be_infinite()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, Parse("a = infinite").GetTimeSpan("a"));
    }

    [Theory]
    [InlineData("128000b", 128_000)]
    [InlineData("128000 B", 128_000)]
    [InlineData("4k", 4_096)]
    [InlineData("4 KiB", 4_096)]
    [InlineData("4 kB", 4_000)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("1 MB", 1_000_000)]
    [InlineData("77", 77)]
    public void A_size_may_have_a_unit(string text, long bytes)
    {
        Assert.Equal(bytes, Parse($"a = {text}").GetByteSize("a"));
    }

    [Fact]
    public void Lists_have_items()
    {
        var config = Parse("""
            strings = [a, "b c", d]
            lines = [
              1,
              2
            ]
            empty = []
            """);

        Assert.Equal(["a", "b c", "d"], config.GetStringList("strings"));
        Assert.Equal([1, 2], config.GetIntList("lines"));
        Assert.Empty(config.GetStringList("empty"));
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void Booleans_have_four_words(string text, bool value)
    {
        Assert.Equal(value, Parse($"a = {text}").GetBoolean("a", !value));
    }

    [Fact]
    public void Numbers_are_read_with_a_point()
    {
        var config = Parse("a = 1.5, b = 9000000000");

        Assert.Equal(1.5, config.GetDouble("a"));
        Assert.Equal(9_000_000_000, config.GetLong("b"));
    }

    [Fact]
    public void What_is_missing_has_the_default_given()
    {
        var config = Parse("a = 1");

        Assert.Equal(7, config.GetInt("x.y", 7));
        Assert.Equal("z", config.GetString("x.y", "z"));
        Assert.True(config.GetBoolean("x.y", true));
        Assert.Equal(TimeSpan.FromSeconds(7), config.GetTimeSpan("x.y", TimeSpan.FromSeconds(7)));
        Assert.False(config.HasPath("x.y"));
        Assert.True(config.HasPath("a"));
    }

    [Fact]
    public void A_missing_section_is_null_and_null_counts_as_empty()
    {
        Assert.True(Parse("a = 1").GetConfig("x.y").IsNullOrEmpty());
    }

    [Fact]
    public void Comments_and_quotes_are_understood()
    {
        var config = Parse("""
            # a comment
            a = text # not part of it
            // another
            b = "with # and // inside"
            c = "say \"hi\"\nthere"
            e = two words
            "f.g" = quoted key
            """);

        Assert.Equal("text", config.GetString("a"));
        Assert.Equal("with # and // inside", config.GetString("b"));
        Assert.Equal("say \"hi\"\nthere", config.GetString("c"));
        Assert.Equal("two words", config.GetString("e"));
        Assert.Equal("quoted key", config.GetString("\"f.g\""));
    }

    [Fact]
    public void Triple_quotes_take_everything_as_it_is()
    {
        var config = Parse("a = \"\"\"C:\\temp\\new \"x\" { \"\"\"");

        Assert.Equal("C:\\temp\\new \"x\" {", config.GetString("a").TrimEnd());
    }

    [Fact]
    public void A_null_takes_a_value_back()
    {
        var config = Parse("a = null").WithFallback(Parse("a = 1"));

        Assert.Null(config.GetString("a"));
    }

    [Fact]
    public void Json_is_a_config()
    {
        var config = Parse("""{ "a": { "b": "text", "c": [1, 2] }, "d": true }""");

        Assert.Equal("text", config.GetString("a.b"));
        Assert.Equal([1, 2], config.GetIntList("a.c"));
        Assert.True(config.GetBoolean("d"));
    }

    [Fact]
    public void A_comma_follows_a_value_and_no_bare_object()
    {
        Assert.Equal(2, Parse("a = { b = 1 }, c { d = 2, }").GetInt("c.d"));
        Assert.Throws<FormatException>(() => Parse("a { b = 1 }, c = 2"));
        Assert.Throws<FormatException>(() => Parse("a = 1,, c = 2"));
    }
}
