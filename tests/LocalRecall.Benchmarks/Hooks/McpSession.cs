using System.Diagnostics;
using System.Text.Json;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks.Hooks;

/// <summary>A program that speaks MCP over its standard input and output.</summary>
/// <param name="Tool">What searches.</param>
/// <param name="Query">The name of that tool's argument for the query.</param>
internal sealed record McpServer(string Program, string[] Arguments, string Home, string Tool, string Query)
{
    public static McpServer Recall(string home) => new(BenchPaths.Program("recall"), ["mcp"], home, "recall_search", "query");
}

/// <summary>An agent's MCP session: a process that is spoken to line by line.</summary>
internal sealed class McpSession : IDisposable
{
    private readonly McpServer _server;
    private readonly Process _process;
    private int _calls;

    private McpSession(McpServer server, Process process) => (_server, _process) = (server, process);

    public int Id => _process.Id;

    /// <returns>The session, and the time from before its process starts until <c>initialize</c> is answered.</returns>
    public static async Task<(McpSession Session, double FirstAnswerMs)> StartAsync(McpServer server)
    {
        var start = new ProcessStartInfo(server.Program, server.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[HomeFolder.Variable] = server.Home;
        long started = Stopwatch.GetTimestamp();
        var session = new McpSession(server, Process.Start(start)!);
        await session.AskAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}""");
        double firstAnswerMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await session._process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return (session, firstAnswerMs);
    }

    /// <returns>How long a search takes, in milliseconds.</returns>
    public async Task<double> SearchAsync(string query)
    {
        long started = Stopwatch.GetTimestamp();
        await AskAsync("tools/call", $$$"""{"name":"{{{_server.Tool}}}","arguments":{"{{{_server.Query}}}":{{{JsonSerializer.Serialize(query)}}}}}""");
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Ends it as an agent does: by ending its standard input.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task AskAsync(string method, string parameters)
    {
        int id = _calls++;
        await _process.StandardInput.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using JsonDocument message = JsonDocument.Parse(line);
            if (!message.RootElement.TryGetProperty("id", out JsonElement answered) || answered.GetInt32() != id)
                continue; // a notification
            if (!message.RootElement.TryGetProperty("result", out JsonElement result) || (result.TryGetProperty("isError", out JsonElement failed) && failed.GetBoolean()))
                throw new BenchException($"{_server.Program} answered {method} with {line}");
            return;
        }

        throw new BenchException($"{_server.Program} ended before it answered {method}.");
    }
}
