using System.Diagnostics;
using System.Text;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Mcp;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Mcp;

/// <summary>
/// One MCP session over standard input and output: carries its lines to the host and the answers back, and knows nothing of what they say.
/// A host that dies, restarts or is replaced is not noticed: what was under way is asked again, under the same id.
/// </summary>
/// <param name="client">Null: the session has opted out.</param>
/// <param name="project">The git repository around the agent's folder, or null.</param>
internal sealed class McpShim(RecallClient? client, string? project, Stream input, Stream output, TextWriter error)
{
    /// <summary>A host lets one client have 64 requests open.</summary>
    private const int MostUnderWay = 32;

    /// <summary>Agents wait for a minute by default; what the matter is reaches them before.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(55);

    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(10);

    private readonly Guid session = Guid.NewGuid();
    private readonly SemaphoreSlim slots = new(MostUnderWay, MostUnderWay);
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly SemaphoreSlim writing = new(1, 1);
    private string opening = "";

    /// <summary>Returns when the input has ended and what was under way is answered.</summary>
    /// <exception cref="OperationCanceledException"/>
    /// <exception cref="IOException">Nobody reads the output any more.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = client is null ? Task.CompletedTask : KeepLeaseAsync(client, ended.Token);

        // On a thread of its own: reading blocks, and nothing can cancel it.
        Task reading = Task.Factory.StartNew(() => Read(broken, ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await (await Task.WhenAny(reading, broken.Task).WaitAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
            ended.CancelAfter(FarewellLimit);
            for (int free = 0; free < MostUnderWay; free++)
            {
                await slots.WaitAsync(ended.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task KeepLeaseAsync(RecallClient client, CancellationToken cancellation)
    {
        try
        {
            await client.OpenAsync(CallLimit, cancellation).ConfigureAwait(false);
        }
        catch (RecallException e)
        {
            await error.WriteLineAsync($"recall mcp: {Clean.Line(e.Message.Split('\n')[0])}").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await client.StayAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Read(TaskCompletionSource broken, CancellationToken cancellation)
    {
        var lines = new LineReader(input, WireLimits.MaxMcpBytes);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = lines.Line.Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            slots.Wait(cancellation);
            JsonRpcMessage message = lines.IsTooLong ? JsonRpcMessage.ReadPieces(line, lines.End) : JsonRpcMessage.Read(line);
            _ = ServeAsync(message, lines.IsTooLong ? null : Encoding.UTF8.GetString(line), broken, cancellation);
        }
    }

    /// <param name="json">Null: it is too long.</param>
    private async Task ServeAsync(JsonRpcMessage message, string? json, TaskCompletionSource broken, CancellationToken cancellation)
    {
        try
        {
            string answer = message.Kind switch
            {
                _ when json is null => TooLong(message),
                JsonRpcKind.NoJson => JsonRpcError.Of(null, JsonRpcError.ParseError, "This line is no JSON."),
                JsonRpcKind.Invalid => JsonRpcError.Of(message.Id, JsonRpcError.InvalidRequest, "This is no JSON-RPC message."),
                _ when client is null => OffAnswers.To(message, json),
                _ => await AskAsync(client, message, json, cancellation).ConfigureAwait(false),
            };
            if (answer.Length > 0)
            {
                await WriteAsync(answer).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The session ends.
        }
        catch (Exception e)
        {
            broken.TrySetException(e);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<string> AskAsync(RecallClient client, JsonRpcMessage message, string json, CancellationToken cancellation)
    {
        // No await before the turn is asked for, and none between the connection and the call: so lines leave in the order they came.
        string before = opening;
        if (message.Method == "initialize")
        {
            (opening, before) = (json, "");
        }

        long began = Stopwatch.GetTimestamp();
        try
        {
            Task<string> asked = await InTurnAsync(client, left => client.McpAsync(session, before, project, json, left, cancellation), began, cancellation).ConfigureAwait(false);
            return await asked.ConfigureAwait(false);
        }
        catch (RecallException e)
        {
            return message.Kind == JsonRpcKind.Request ? JsonRpcError.Of(message.Id, e.Code, e.Message) : "";
        }
    }

    private async Task<Task<string>> InTurnAsync(RecallClient client, Func<TimeSpan, Task<string>> ask, long began, CancellationToken cancellation)
    {
        if (!await turn.WaitAsync(CallLimit, cancellation).ConfigureAwait(false))
        {
            throw new RecallException(FailureCode.HostUnavailable, "No host has answered in time.");
        }

        try
        {
            await client.OpenAsync(CallLimit - Stopwatch.GetElapsedTime(began), cancellation).ConfigureAwait(false);
            return ask(CallLimit - Stopwatch.GetElapsedTime(began));
        }
        finally
        {
            turn.Release();
        }
    }

    private static string TooLong(JsonRpcMessage message) => message.Kind is JsonRpcKind.Response or JsonRpcKind.Notification
        ? ""
        : JsonRpcError.Of(message.Id, FailureCode.TooLarge, $"A message may have {WireLimits.MaxMcpBytes} bytes.");

    private async Task WriteAsync(string answer)
    {
        // Outside of strings, where it is escaped, a line break is only a space.
        byte[] line = new byte[Encoding.UTF8.GetByteCount(answer) + 1];
        Encoding.UTF8.GetBytes(answer.Replace('\r', ' ').Replace('\n', ' '), line);
        line[^1] = (byte)'\n';
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await output.WriteAsync(line).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }
}
