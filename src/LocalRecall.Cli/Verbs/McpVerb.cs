using System.CommandLine;
using LocalRecall.Cli.Mcp;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;

namespace LocalRecall.Cli.Verbs;

internal static class McpVerb
{
    private const string ProjectVariable = "CLAUDE_PROJECT_DIR";

    public static Command Create(Shell shell)
    {
        var command = new Command(
            "mcp",
            """
            Serves an agent over MCP on standard input and output, until the input ends. Agents start it; people have no use for it.
            Standard output carries nothing but the protocol. Needs no host to be there: it starts one, and another when that one ends.
            Where LocalRecall is off (LOCALRECALL_OFF=1, or a .localrecall-ignore file in the folder or above it), it offers no tools.
            """);
        command.SetAction(async (_, cancellation) =>
        {
            string? folder = Folder();
            var options = new RecallClientOptions { Home = shell.Home, ClientName = "recall", Lease = "mcp session" };
            await using RecallClient? client = OptOut.IsOff || OptOut.Covers(folder) ? null : new RecallClient(options);
            var shim = new McpShim(client, folder is null ? null : ProjectRoot.Of(folder), Console.OpenStandardInput(), Console.OpenStandardOutput(), shell.Error);
            try
            {
                await shim.RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // How agents end it.
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Where the agent was started; null: that is gone.</summary>
    private static string? Folder()
    {
        try
        {
            return Path.GetFullPath(Environment.GetEnvironmentVariable(ProjectVariable) is { Length: > 0 } project ? project : Environment.CurrentDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
