using System.Text;
using System.Text.Json;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Core;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

/// <summary>Whatever comes as a line: an answer or an error of the protocol, never silence, and the session goes on.</summary>
public sealed class FuzzTests : McpTest
{
    private static readonly string[] Seeds =
    [
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{"listChanged":true}},"clientInfo":{"name":"n","version":"1"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"n","version":"1"}}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":null,"_meta":{"progressToken":"p","io.modelcontextprotocol/logLevel":"debug"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recall_search","arguments":{"query":"q","kinds":["episodic"],"limit":3,"max_tokens":100,"since":"7d"}}}""",
        """{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"episodic_get","arguments":{"id":"0b7e2a54-6d2e-4b8e-9a53-1d2c3b4a5f60","offset":3}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"memory_list","arguments":{"limit":3},"requestState":"s","inputResponses":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"recall://memory/0b7e2a54-6d2e-4b8e-9a53-1d2c3b4a5f60"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"recall://memory/1"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"recall://memory/{id}"},"argument":{"name":"id","value":""}}}""",
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"r"}}""",
        """{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping"}""",
    ];

    private static readonly string[] Values =
        ["null", "true", "-1", "1e999", "99999999999999999999", "1.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[]]]]", "{\"a\":{\"a\":1}}", "\"2026-07-28\"", "\"recall_status\""];

    [Fact]
    public async Task Lines_that_were_spoiled_at_random_are_answered()
    {
        AgentSession agent = Agent();
        for (int seed = 1; seed <= 400; seed++)
        {
            string line = Spoil(new Gen(seed));
            await CheckAsync(agent, line, $"Seed {seed}: {line}");
        }

        Assert.Equal(10, (await agent.RequestAsync("tools/list")).GetProperty("tools").GetArrayLength());
    }

    [Fact]
    public async Task Monstrous_lines_are_answered()
    {
        AgentSession agent = Agent();
        string huge = new('x', 50_000_000);

        await CheckAsync(agent, huge, "50 MB of nothing");
        Assert.Contains("too-large", await agent.AskAsync($$"""{"jsonrpc":"2.0","id":9,"method":"ping","params":{"a":"{{huge}}"} }"""));
        await CheckAsync(agent, new string('[', 100_000), "deep");
        await CheckAsync(agent, $$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{{new string('[', 63)}}{{new string(']', 63)}}}""", "nested");
        await CheckAsync(agent, $$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{{new string('[', 500)}}{{new string(']', 500)}}}""", "nested");
        await CheckAsync(agent, $$"""{"jsonrpc":"2.0","id":"{{new string('i', 100_000)}}","method":"ping"}""", "a long id");
        await CheckAsync(agent, $$"""{"jsonrpc":"2.0","id":1,"method":"{{new string('m', 100_000)}}"}""", "a long method");
        await CheckAsync(agent, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"recall_search","arguments":{"query":"{{{new string('q', 100_000)}}}"} } }""", "a long query");
        await CheckAsync(agent, $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{new string('\u0001', 50_000)}}}"}}""", "control characters");
        Assert.Contains("\"result\"", await agent.AskAsync("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""));
    }

    /// <summary>An answer in time that is JSON-RPC, or none where none is due.</summary>
    private static async Task CheckAsync(AgentSession agent, string line, string what)
    {
        IReply reply = await agent.SendAsync(line);
        if (reply is Failure failure)
        {
            Assert.True(failure.Code == FailureCode.TooLarge, $"{what}: {failure.Message}");
            return;
        }

        string answer = ((McpAnswered)reply).Json;
        if (answer.Length == 0)
        {
            JsonElement root = JsonDocument.Parse(line).RootElement;
            Assert.True(!root.TryGetProperty("id", out _) || !root.TryGetProperty("method", out _), $"{what} was met with silence");
            return;
        }

        JsonElement answered = JsonDocument.Parse(answer).RootElement;
        Assert.True(answered.TryGetProperty("id", out _) && (answered.TryGetProperty("result", out _) ^ answered.TryGetProperty("error", out _)), $"{what}: {answer}");
        Assert.DoesNotContain("time was up", answer);
    }

    private static string Spoil(Gen gen)
    {
        string line = Seeds[gen.Int(0, Seeds.Length)];
        for (int times = gen.Int(1, 4); times > 0; times--)
        {
            line = gen.Int(0, 6) switch
            {
                0 => line[..gen.Int(0, line.Length + 1)],
                1 => line.Insert(gen.Int(0, line.Length + 1), ((char)gen.Int(0, 0x300)).ToString()),
                2 => ReplaceValue(line, gen),
                3 => ReplaceValue(line, gen),
                4 => Encoding.Latin1.GetString([.. Encoding.UTF8.GetBytes(line).Select(b => gen.Chance(0.01) ? (byte)gen.Int(0, 256) : b)]),
                _ => line.Length > 2 && line.IndexOf(',', gen.Int(0, line.Length)) is var comma and > 0 ? line.Insert(comma, ",\"id\":" + Values[gen.Int(0, Values.Length)]) : line,
            };
        }

        return line;
    }

    /// <summary>Another value behind one of the colons.</summary>
    private static string ReplaceValue(string line, Gen gen)
    {
        int colon = line.Length == 0 ? -1 : line.IndexOf(':', gen.Int(0, line.Length));
        if (colon < 0)
        {
            return line;
        }

        int end = line.IndexOfAny([',', '}'], colon);
        return end < 0 ? line : line[..(colon + 1)] + Values[gen.Int(0, Values.Length)] + line[end..];
    }
}
