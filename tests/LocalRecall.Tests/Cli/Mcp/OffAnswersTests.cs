using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Cli.Mcp;
using LocalRecall.Contracts.Mcp;
using Xunit;

namespace LocalRecall.Tests.Cli.Mcp;

public sealed class OffAnswersTests
{
    [Theory]
    [InlineData("""{"id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}""", "2025-03-26")]
    [InlineData("""{"id":1,"method":"initialize","params":{"protocolVersion":"2026-07-28"}}""", "2025-11-25")]
    [InlineData("""{"id":1,"method":"initialize","params":{"protocolVersion":7}}""", "2025-11-25")]
    [InlineData("""{"id":1,"method":"initialize"}""", "2025-11-25")]
    public void It_speaks_the_version_that_is_asked_for(string initialize, string version) =>
        Assert.Equal(version, (string?)Answer(initialize)!["result"]!["protocolVersion"]);

    [Fact]
    public void It_has_no_tools_and_says_why()
    {
        Assert.Equal("a", (string?)Answer("""{"id":"a","method":"ping"}""")!["id"]);
        Assert.Empty(Answer("""{"id":1,"method":"tools/list"}""")!["result"]!["tools"]!.AsArray());
        Assert.Empty(Answer("""{"id":1,"method":"resources/list"}""")!["result"]!["resources"]!.AsArray());
        Assert.Contains("LOCALRECALL_OFF", (string?)Answer("""{"id":1,"method":"server/discover"}""")!["result"]!["instructions"]);
        Assert.True((bool?)Answer("""{"id":1,"method":"tools/call"}""")!["result"]!["isError"]);
        Assert.Equal(JsonRpcError.MethodNotFound, (int?)Answer("""{"id":1,"method":"prompts/list"}""")!["error"]!["code"]);
        Assert.Null(Answer("""{"method":"notifications/initialized"}"""));
    }

    private static JsonNode? Answer(string json)
    {
        string answer = OffAnswers.To(JsonRpcMessage.Read(Encoding.UTF8.GetBytes(json)), json);
        return answer.Length == 0 ? null : JsonNode.Parse(answer);
    }
}
