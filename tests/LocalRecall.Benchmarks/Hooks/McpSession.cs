using System.Diagnostics;
using System.Text.Json;
using LocalRecall.Contracts;

namespace LocalRecall.Benchmarks.Hooks;

/// <summary>An agent's MCP session: a <c>recall mcp</c> process that is spoken to line by line.</summary>
internal sealed class McpSession : IDisposable
{
    private readonly Process _process;
    private int _calls;

    private McpSession(Process process) => _process = process;

    public int Id => _process.Id;

    /// <returns>The session, and the time from before its process starts until <c>initialize</c> is answered.</returns>
    public static async Task<(McpSession Session, double FirstAnswerMs)> StartAsync(string home)
    {
        var start = new ProcessStartInfo(BenchPaths.Program("recall"), ["mcp"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[HomeFolder.Variable] = home;
        long started = Stopwatch.GetTimestamp();
        var session = new McpSession(Process.Start(start)!);
        await session.AskAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}""");
        double firstAnswerMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await session._process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return (session, firstAnswerMs);
    }

    /// <returns>How long a search takes, in milliseconds.</returns>
    public async Task<double> SearchAsync(string query)
    {
        long started = Stopwatch.GetTimestamp();
        await AskAsync("tools/call", $$$"""{"name":"recall_search","arguments":{"query":{{{JsonSerializer.Serialize(query)}}}}}""");
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
                throw new BenchException($"recall mcp answered {method} with {line}");
            return;
        }

        throw new BenchException($"recall mcp ended before it answered {method}.");
    }
}
