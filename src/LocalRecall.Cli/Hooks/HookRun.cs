using LocalRecall.Client;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Hooks;

/// <summary>What one hook does: reads what the agent says, and asks the host or leaves it in the spool. Whoever runs it waits no longer than <paramref name="limit"/>.</summary>
/// <param name="event">As the call says; null: the input does.</param>
/// <param name="projectFolder">Where the agent was started, if it says so.</param>
internal sealed class HookRun(string home, string? @event, string? agent, string? projectFolder, TimeSpan limit)
{
    /// <summary>Kept for starting a host when the one that is named does not answer, and for the way out.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(40);

    /// <summary>The host is told of a new spool file; if it does not hear it now, it will look by itself.</summary>
    private static readonly TimeSpan NoteLimit = TimeSpan.FromMilliseconds(150);

    private readonly DateTimeOffset deadline = TimeProvider.System.GetUtcNow() + limit - Reserve;

    /// <returns>What to print; nothing, mostly.</returns>
    public async Task<ReadOnlyMemory<byte>> RunAsync(Stream input)
    {
        await using var client = new RecallClient(new RecallClientOptions { Home = home, ClientName = "recall hook", StartHost = false, Timeout = limit });
        using var patience = new CancellationTokenSource(Left);

        // An agent may take its time to write; a connection costs as much.
        Task connected = @event is not null && AgentEvents.Find(@event) is not null ? client.OpenAsync(cancellation: patience.Token) : Task.CompletedTask;
        HookInput? hook = HookReader.Read(HookStdin.Read(input), agent, @event, projectFolder, TimeProvider.System.GetUtcNow());
        if (hook is null || OptOut.Covers(hook.Cwd ?? Environment.CurrentDirectory) || OptOut.Covers(projectFolder))
        {
            return default;
        }

        HookTrace.Note(home, hook.Agent, hook.Event);
        if (!AgentEvents.Asks(hook.Event))
        {
            HookSpool.Write(home, hook);
        }

        try
        {
            await connected.ConfigureAwait(false);
            if (!AgentEvents.Asks(hook.Event))
            {
                patience.CancelAfter(NoteLimit < Left ? NoteLimit : Left);
                await client.NoteSpoolAsync(Left, patience.Token).ConfigureAwait(false);
                return default;
            }

            ContextFound found = await client.FindContextAsync(hook, Left, patience.Token).ConfigureAwait(false);
            return HookWriter.Write(hook.Agent, hook.Event, found.Context);
        }
        catch (Exception e) when (e is OperationCanceledException or RecallException { Code: FailureCode.HostUnavailable })
        {
            client.BeginHost();
            return default;
        }
    }

    private TimeSpan Left => deadline - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
