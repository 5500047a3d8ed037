using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Contracts;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary><c>POST /mcp</c> as agents use it.</summary>
public sealed class McpHttpTests : ProcessTest
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string Status = """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"recall_status","arguments":{}}}""";

    private readonly HttpClient _http = new();

    [Fact]
    public async Task A_session_goes_on_with_the_next_host_until_the_client_ends_it()
    {
        HostRun host = await Home.StartHostAsync();
        using HttpResponseMessage begun = await PostAsync(McpSession.Initialize);
        Assert.Equal("localrecall", (string?)(await JsonAsync(begun))["result"]!["serverInfo"]!["name"]);
        string session = begun.Headers.GetValues(SessionHeader).Single();
        using HttpResponseMessage noted = await PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", (SessionHeader, session));
        Assert.Equal((HttpStatusCode.Accepted, ""), (noted.StatusCode, await noted.Content.ReadAsStringAsync()));

        await host.KillAsync();
        await Home.StartHostAsync();
        using HttpResponseMessage status = await PostAsync(Status, (SessionHeader, session), ("MCP-Protocol-Version", "2025-11-25"));
        JsonObject answer = await JsonAsync(status);
        Assert.Equal((2, "application/json"), ((int?)answer["id"], status.Content.Headers.ContentType!.MediaType));
        Assert.NotNull(answer["result"]!["content"]);

        foreach (HttpStatusCode expected in (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.NotFound])
        {
            using HttpResponseMessage ended = await SendAsync(HttpMethod.Delete, null, (SessionHeader, session));
            Assert.Equal(expected, ended.StatusCode);
        }

        using HttpResponseMessage after = await PostAsync(Status, (SessionHeader, session));
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
    }

    [Fact]
    public async Task Revisions_without_sessions_are_served_and_what_is_wrong_is_said_with_a_status()
    {
        await Home.StartHostAsync();
        const string Meta = """ "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}} """;
        (string, string) version = ("MCP-Protocol-Version", "2026-07-28");
        using HttpResponseMessage listed = await PostAsync($$$"""{"jsonrpc":"2.0","id":"x","method":"tools/list","params":{{{{Meta}}}}}""", version, ("Mcp-Method", "tools/list"));
        JsonObject answer = await JsonAsync(listed);
        Assert.Equal((HttpStatusCode.OK, "x", "complete"), (listed.StatusCode, (string?)answer["id"], (string?)answer["result"]!["resultType"]));
        Assert.False(listed.Headers.Contains(SessionHeader));

        foreach (var (method, body, headers, status) in ((HttpMethod, string?, (string, string)[], HttpStatusCode)[])
        [
            (HttpMethod.Post, $$$"""{"jsonrpc":"2.0","id":1,"method":"no/such","params":{{{{Meta}}}}}""", [version, ("Mcp-Method", "no/such")], HttpStatusCode.NotFound),
            (HttpMethod.Post, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{{{Meta}}}}}""", [version, ("Mcp-Method", "tools/call")], HttpStatusCode.BadRequest),
            (HttpMethod.Post, Status, [(SessionHeader, "unknown")], HttpStatusCode.NotFound),
            (HttpMethod.Post, Status, [("MCP-Protocol-Version", "1999-01-01")], HttpStatusCode.BadRequest),
            (HttpMethod.Post, "no JSON", [], HttpStatusCode.BadRequest),
            (HttpMethod.Post, "[]", [], HttpStatusCode.BadRequest),
            (HttpMethod.Post, new string(' ', WireLimits.MaxMcpBytes + 1), [], HttpStatusCode.RequestEntityTooLarge),
            (HttpMethod.Post, Status, [("Origin", "http://elsewhere.example")], HttpStatusCode.Forbidden),
            (HttpMethod.Post, Status, [("Host", "elsewhere.example")], HttpStatusCode.Forbidden),
            (HttpMethod.Post, Status, [("Authorization", "Bearer wrong")], HttpStatusCode.Unauthorized),
            (HttpMethod.Get, null, [], HttpStatusCode.MethodNotAllowed),
        ])
        {
            using HttpResponseMessage refused = await SendAsync(method, body, headers);
            Assert.Equal((status, body), (refused.StatusCode, body));
            Assert.True(method == HttpMethod.Get || (await JsonAsync(refused))["error"]?["code"] is not null);
        }
    }

    private Task<HttpResponseMessage> PostAsync(string json, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, json, headers);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"{Home.Endpoint!.HttpAddress}/mcp");
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Home.Endpoint!.Token);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request).WaitAsync(TestHome.Patience);
    }

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
}
