using System.Text;
using System.Text.Json;
using LocalRecall.Contracts.Mcp;
using LocalRecall.Host.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class McpHttpRulesTests
{
    private const string Meta = """ "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}} """;

    [Theory]
    [InlineData("", """{"id":1,"method":"tools/list"}""")]
    [InlineData("MCP-Protocol-Version: 2025-06-18", """{"id":1,"method":"tools/list","params":{}}""")]
    [InlineData("MCP-Protocol-Version: 2025-06-18", """{"id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}""")]
    [InlineData("", """{"id":1,"method":"tools/list","params":[]}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/list", """{"id":1,"method":"tools/list","params":{META}}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call|Mcp-Name: get", """{"id":1,"method":"tools/call","params":{"name":"get",META}}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call|Mcp-Name: =?base64?Z8Okw58=?=", """{"id":1,"method":"tools/call","params":{"name":"gäß",META}}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: resources/read|Mcp-Name: recall://memory/1", """{"id":1,"method":"resources/read","params":{"uri":"recall://memory/1",META}}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: notifications/cancelled", """{"method":"notifications/cancelled"}""")]
    [InlineData("MCP-Protocol-Version: 2026-07-28", """{"id":1,"result":{}}""")]
    public void What_agrees_passes(string headers, string message) => Assert.Null(Check(headers, message));

    [Theory]
    [InlineData("MCP-Protocol-Version: 2024-01-01", """{"id":1,"method":"tools/list"}""", JsonRpcError.UnsupportedVersion)]
    [InlineData("MCP-Protocol-Version: 2027-01-01", """{"id":1,"method":"tools/list"}""", JsonRpcError.UnsupportedVersion)]
    [InlineData("MCP-Protocol-Version: 2025-03-26", """{"id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("", """{"id":1,"method":"tools/list","params":{META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2025-11-25", """{"id":1,"method":"tools/list","params":{META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28", """{"id":1,"method":"tools/list","params":{META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call", """{"id":1,"method":"tools/list","params":{META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call", """{"id":1,"method":"tools/call","params":{"name":"get",META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call|Mcp-Name: put", """{"id":1,"method":"tools/call","params":{"name":"get",META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/call|Mcp-Name: =?base64?***?=", """{"id":1,"method":"tools/call","params":{"name":"get",META}}""", JsonRpcError.HeaderMismatch)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/list", """{"id":1,"method":"tools/list","params":{}}""", JsonRpcError.InvalidParams)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: tools/list", """{"id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]}}}""", JsonRpcError.InvalidParams)]
    [InlineData("MCP-Protocol-Version: 2026-07-28|Mcp-Method: initialize", """{"id":1,"method":"initialize","params":{META}}""", JsonRpcError.MethodNotFound)]
    public void What_does_not_is_refused_by_its_code(string headers, string message, int code) => Assert.Equal(code, Check(headers, message)?.Code);

    [Theory]
    [InlineData("{}", "2024-11-05,2025-03-26,2025-06-18,2025-11-25,2026-07-28")]
    [InlineData("""{"_meta":{"io.modelcontextprotocol/protocolVersion":"v999"}}""", "2026-07-28")]
    public void An_unknown_version_is_told_what_it_can_go_on_with_without_another_beginning(string parameters, string supported)
    {
        McpRefusal refusal = Check("MCP-Protocol-Version: v999", $$"""{"id":1,"method":"server/discover","params":{{parameters}}}""")!;

        using JsonDocument error = JsonDocument.Parse(JsonRpcError.Of("1", refusal.Code, refusal.Message, refusal.Data));
        JsonElement data = error.RootElement.GetProperty("error").GetProperty("data");
        Assert.Equal(supported.Split(','), data.GetProperty("supported").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("v999", data.GetProperty("requested").GetString());
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(JsonRpcError.InvalidParams, 200)]
    [InlineData(JsonRpcError.MethodNotFound, 404)]
    [InlineData(JsonRpcError.UnsupportedVersion, 400)]
    public void Some_errors_have_a_status(int code, int status) => Assert.Equal(status, McpHttpRules.StatusOf(code));

    private static McpRefusal? Check(string headers, string message)
    {
        var given = new HeaderDictionary();
        foreach (string[] header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split(": ")))
        {
            given[header[0]] = header[1];
        }

        byte[] json = Encoding.UTF8.GetBytes(message.Replace("META", Meta));
        using JsonDocument body = JsonDocument.Parse(json);
        return McpHttpRules.Check(given, JsonRpcMessage.Read(json), body.RootElement);
    }
}
