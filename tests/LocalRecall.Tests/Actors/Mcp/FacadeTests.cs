using System.Text.Json;
using LocalRecall.Contracts.Messages;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>The facade as agents meet it: the SDK's own client, and lines as they come from others.</summary>
public sealed class FacadeTests : HostTest
{
    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Every_revision_with_a_handshake_is_served(string revision)
    {
        await using McpClient client = await Agent().ConnectClientAsync(revision);

        Assert.Equal(revision, client.NegotiatedProtocolVersion);
        Assert.Equal("localrecall", client.ServerInfo?.Name);
        Assert.Equal(10, (await client.ListToolsAsync()).Count);
    }

    [Fact]
    public async Task The_stateless_revision_is_served()
    {
        await using McpClient client = await Agent().ConnectClientAsync("2026-07-28");

        Assert.Equal("2026-07-28", client.NegotiatedProtocolVersion);
        Add("The linter is strict", "Warnings are errors in this repository.");
        Assert.Contains("Warnings are errors", await CallAsync(client, "recall_search", new() { ["query"] = "linter" }));
    }

    [Fact]
    public async Task A_search_finds_what_is_stored()
    {
        MemoryAdded added = Add("Retries", "Uploads are retried with growing pauses.");
        await using McpClient client = await Agent().ConnectClientAsync();

        JsonElement found = JsonDocument.Parse(await CallAsync(client, "recall_search", new() { ["query"] = "uploads retried" })).RootElement;

        JsonElement hit = found.GetProperty("results")[0];
        Assert.Equal(added.Id, hit.GetProperty("id").GetGuid());
        Assert.Equal("Uploads are retried with growing pauses.", hit.GetProperty("content").GetString());
    }

    private AgentSession Agent(string? project = null) => new(() => Host.Gateway, project);

    private static async Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments);
        string text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.False(result.IsError is true, text);
        return text;
    }
}
