using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>Agents that speak MCP with a whole host.</summary>
public abstract class McpTest : HostTest
{
    internal AgentSession Agent(string? project = null) => new(() => Host.Gateway, project);

    /// <summary>What a tool answers, which must be one text of JSON.</summary>
    internal static async Task<JsonElement> CallAsync(McpClient client, string tool, object arguments) =>
        Parse(await client.CallToolAsync(tool, ToDictionary(arguments)), isError: false);

    /// <summary>The failure that a tool answers.</summary>
    internal static async Task<JsonElement> FailAsync(McpClient client, string tool, object arguments) =>
        Parse(await client.CallToolAsync(tool, ToDictionary(arguments)), isError: true);

    internal static string[] NamesOf(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    private static Dictionary<string, object?> ToDictionary(object arguments) =>
        JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);

    private static JsonElement Parse(CallToolResult result, bool isError)
    {
        string text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.True(isError == result.IsError is true, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
