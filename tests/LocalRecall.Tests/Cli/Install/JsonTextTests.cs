using System.Text;
using LocalRecall.Cli.Install;
using Xunit;

namespace LocalRecall.Tests.Cli.Install;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{}", "{\n  \"new\": 1\n}")]
    [InlineData("{\n}\n", "{\n  \"new\": 1\n}\n")]
    [InlineData("{ \"a\": 1 }", "{ \"a\": 1, \"new\": 1 }")]
    [InlineData("{\"a\":1,}", "{\"a\":1, \"new\": 1,}")]
    [InlineData("{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"new\": 1\n}")]
    [InlineData("{\n\t\"a\": {}\n}", "{\n\t\"a\": {},\n\t\"new\": 1\n}")]
    [InlineData("{\r\n    \"a\": 1\r\n}\r\n", "{\r\n    \"a\": 1,\r\n    \"new\": 1\r\n}\r\n")]
    [InlineData("{\n  \"a\": 1, // one\n}", "{\n  \"a\": 1, // one\n  \"new\": 1,\n}")]
    [InlineData("{\n  \"a\": 1 // one\n}", "{\n  \"a\": 1, // one\n  \"new\": 1\n}")]
    [InlineData("{\n  \"a\": 1 /* one, } */\n  // \"b\": 2\n}", "{\n  \"a\": 1, /* one, } */\n  \"new\": 1\n  // \"b\": 2\n}")]
    [InlineData("{\n  // nothing yet\n}", "{\n  // nothing yet\n  \"new\": 1\n}")]
    [InlineData("{\n  \"a\": 1 }", "{\n  \"a\": 1,\n  \"new\": 1 }")]
    [InlineData("\uFEFF// mine\n{ \"a\": \"}\" }\n// end", "\uFEFF// mine\n{ \"a\": \"}\", \"new\": 1 }\n// end")]
    public void A_member_is_put_at_the_end_and_all_else_stays(string before, string after)
    {
        JsonText json = Parse(before).Put(["new"], w => w.WriteNumberValue(1));
        Assert.Equal(after, Text(json));
        Assert.Equal("1", Encoding.UTF8.GetString(json.Bytes[json.Find("new")!.Start..json.Find("new")!.End]));
    }

    [Fact]
    public void Objects_on_the_way_are_made_and_indented_as_the_file_is()
    {
        JsonText json = Parse("{\n\t\"a\": 1\n}\n").Put(["x", "y"], w => w.WriteStringValue("z \"ü\" /"));
        Assert.Equal("{\n\t\"a\": 1,\n\t\"x\": {\n\t\t\"y\": \"z \\\"ü\\\" /\"\n\t}\n}\n", Text(json));
        Assert.Equal("{\n\t\"a\": 1,\n\t\"x\": {\n\t\t\"y\": true\n\t}\n}\n", Text(json.Put(["x", "y"], w => w.WriteBooleanValue(true))));
    }

    [Theory]
    [InlineData("{}", "{\n  \"l\": [\n    1\n  ]\n}")]
    [InlineData("{ \"l\": [] }", "{ \"l\": [1] }")]
    [InlineData("{ \"l\": [0] }", "{ \"l\": [0, 1] }")]
    [InlineData("{\n  \"l\": []\n}", "{\n  \"l\": [\n    1\n  ]\n}")]
    [InlineData("{\n  \"l\": [\n  ]\n}", "{\n  \"l\": [\n    1\n  ]\n}")]
    [InlineData("{\n  \"l\": [\n    0, // first\n  ]\n}", "{\n  \"l\": [\n    0, // first\n    1,\n  ]\n}")]
    public void An_item_is_added_at_the_end(string before, string after) =>
        Assert.Equal(after, Text(Parse(before).Append(["l"], w => w.WriteNumberValue(1))));

    [Theory]
    [InlineData("{\"new\":1}", "{}")]
    [InlineData("{\n  \"new\": 1\n}", "{}")]
    [InlineData("{ \"a\": 1, \"new\": 1 }", "{ \"a\": 1 }")]
    [InlineData("{ \"new\": 1, \"a\": 1 }", "{ \"a\": 1 }")]
    [InlineData("{ \"new\": 1, /* keep */ }", "{ /* keep */ }")]
    [InlineData("{\n  \"new\": 1,\n  \"a\": 1\n}", "{\n  \"a\": 1\n}")]
    [InlineData("{\n  \"a\": 1, // one\n  \"new\": 1\n}", "{\n  \"a\": 1 // one\n}")]
    [InlineData("{\n  \"a\": 1, // one\n  \"new\": 1,\n  // \"b\": 2\n}", "{\n  \"a\": 1, // one\n  // \"b\": 2\n}")]
    [InlineData("{\r\n  \"a\": 1,\r\n  \"new\": 1\r\n}", "{\r\n  \"a\": 1\r\n}")]
    public void A_member_is_taken_out_and_all_else_stays(string before, string after)
    {
        JsonText json = Parse(before);
        int index = json.Root.Members.ToList().FindIndex(m => m.Name == "new");
        Assert.Equal(after, Text(json.Remove(json.Root, index)));
    }

    [Theory]
    [InlineData("{\n  \"a\": [1, 2\n}", "line 3")]
    [InlineData("{} {}", "line 1")]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "no JSON object")]
    public void What_is_not_json_is_refused_and_it_is_said_where(string text, string expected)
    {
        ConfigException e = Assert.Throws<ConfigException>(() => Parse(text));
        Assert.Contains("settings.json", e.Message);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void A_value_of_another_kind_is_refused_and_it_is_said_where() =>
        Assert.Contains("line 2", Assert.Throws<ConfigException>(() => Parse("{\n \"l\": 5 }").Append(["l"], w => w.WriteNullValue())).Message);

    [Fact]
    public void Of_two_members_of_one_name_the_last_counts() => Assert.Equal("2", Parse("{\"a\":\"1\",\"a\":\"2\"}").Find("a")!.Text);

    private static JsonText Parse(string text) => new(Encoding.UTF8.GetBytes(text), "/x/settings.json");

    private static string Text(JsonText json) => Encoding.UTF8.GetString(json.Bytes);
}
