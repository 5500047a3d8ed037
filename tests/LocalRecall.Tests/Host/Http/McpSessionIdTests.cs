using System.Text.Json;
using LocalRecall.Host.Http;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class McpSessionIdTests
{
    [Fact]
    public void It_carries_the_opening_as_far_as_another_host_needs_it()
    {
        using JsonDocument initialize = JsonDocument.Parse(
            """{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"clientInfo":{"name":"clĩent","version":"1.2","icons":[{"src":"data:..."}]}}}""");

        McpSessionId session = McpSessionId.Begin(initialize.RootElement);

        Assert.Matches("^[!-~]{100,400}$", session.ToString());
        Assert.Equal(session, McpSessionId.TryParse(session.ToString()));
        using JsonDocument opening = JsonDocument.Parse(session.Opening);
        Assert.Equal("initialize", opening.RootElement.GetProperty("method").GetString());
        Assert.Equal("""{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"cl\u0129ent","version":"1.2"}}""", opening.RootElement.GetProperty("params").GetRawText());
        Assert.NotEqual(session.Id, McpSessionId.Begin(initialize.RootElement).Id);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"params":5}""")]
    [InlineData("""{"params":{"protocolVersion":{},"clientInfo":"me"}}""")]
    public void An_opening_without_sense_makes_one_all_the_same(string initialize)
    {
        using JsonDocument json = JsonDocument.Parse(initialize);

        McpSessionId session = McpSessionId.Begin(json.RootElement);

        Assert.Equal(session, McpSessionId.TryParse(session.ToString()));
    }

    [Fact]
    public void It_stays_short_whatever_clients_call_themselves()
    {
        using JsonDocument json = JsonDocument.Parse("""{"params":{"clientInfo":{"name":"NAME"}}}""".Replace("NAME", new string('\u2603', 50_000)));

        string id = McpSessionId.Begin(json.RootElement).ToString();

        Assert.InRange(id.Length, 100, 2000);
        Assert.NotNull(McpSessionId.TryParse(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("5d20c3bf8bc7459d9bea50153de7264a")]
    [InlineData("5d20c3bf8bc7459d9bea50153de7264a****")]
    [InlineData("5d20c3bf8bc7459d9bea50153de7264aaGVsbG8")]
    [InlineData("5d20c3bf8bc7459d9bea50153de7264ae30")]
    public void What_is_none_of_ours_is_not_taken_for_one(string text) => Assert.Null(McpSessionId.TryParse(text));
}
