using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>An agent's end of a <c>recall mcp</c> process.</summary>
public sealed class McpSession
{
    public const string Initialize =
        """{"jsonrpc":"2.0","id":"begin","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _waiting = new();
    private int _lastId;

    internal McpSession(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Everything that it has printed; each line is one JSON-RPC response.</summary>
    public ConcurrentQueue<JsonObject> Answers { get; } = [];

    /// <summary>Says <c>initialize</c> and that this is done.</summary>
    public async Task<McpSession> BeginAsync()
    {
        Task<JsonObject> begun = AnswerTo("\"begin\"");
        await SendAsync(Initialize);
        Assert.Equal("localrecall", (string?)(await begun)["result"]?["serverInfo"]?["name"]);
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return this;
    }

    public async Task SendAsync(string line) => await SendAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _process.StandardInput.BaseStream.WriteAsync(bytes);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    /// <summary>The response to a request.</summary>
    public async Task<JsonObject> AskAsync(string method, string parameters = "{}")
    {
        int id = Interlocked.Increment(ref _lastId);
        Task<JsonObject> answer = AnswerTo($"{id}");
        await SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        return await answer;
    }

    /// <summary>What a tool answers: its one text, which is a JSON object.</summary>
    public async Task<JsonObject> CallAsync(string tool, JsonObject arguments)
    {
        JsonObject answer = await AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments }.ToJsonString());
        Assert.True(answer["result"] is not null && (bool?)answer["result"]!["isError"] is not true, answer.ToJsonString());
        return JsonNode.Parse((string)answer["result"]!["content"]![0]!["text"]!)!.AsObject();
    }

    /// <summary>Keeps a memory; returns its id.</summary>
    public async Task<string> CreateAsync(string content) =>
        (string)(await CallAsync("episodic_create", new JsonObject { ["subject"] = content, ["content"] = content, ["keywords"] = new JsonArray("mcp") }))["id"]!;

    /// <param name="id">As JSON.</param>
    public Task<JsonObject> AnswerTo(string id) =>
        _waiting.GetOrAdd(id, _ => new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TestHome.Patience);

    /// <summary>Ends its input and waits for its end, which has to be in order.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await EndedAsync();
    }

    /// <summary>Waits until it has ended, with 0 and without a complaint.</summary>
    public async Task EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TestHome.Patience);
        await _reading.WaitAsync(TestHome.Patience);
        Assert.Equal((0, ""), (_process.ExitCode, await _error.WaitAsync(TestHome.Patience)));
    }

    /// <summary>Asks it to end, as agents do.</summary>
    public void Terminate()
    {
        if (kill(_process.Id, SigTerm) != 0)
        {
            throw new InvalidOperationException($"No signal could be sent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            JsonObject answer = JsonNode.Parse(line)!.AsObject();
            Assert.Equal("2.0", (string?)answer["jsonrpc"]);
            Answers.Enqueue(answer);
            if (_waiting.TryGetValue(answer["id"]?.ToJsonString() ?? "null", out TaskCompletionSource<JsonObject>? waiting))
            {
                Assert.True(waiting.TrySetResult(answer), $"There are two answers to {answer["id"]}.");
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
