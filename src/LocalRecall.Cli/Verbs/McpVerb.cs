using System.CommandLine;
using LocalRecall.Cli.Mcp;
using LocalRecall.Client;
using LocalRecall.Contracts;

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
            """);
        command.SetAction(async (_, cancellation) =>
        {
            var options = new RecallClientOptions { Home = shell.Home, ClientName = "recall", Lease = "mcp session" };
            await using var client = new RecallClient(options);
            var shim = new McpShim(client, Project(), Console.OpenStandardInput(), Console.OpenStandardOutput(), shell.Error);
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

    private static string? Project()
    {
        try
        {
            return ProjectRoot.Of(Environment.GetEnvironmentVariable(ProjectVariable) is { Length: > 0 } folder ? folder : Environment.CurrentDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // a folder that is gone
        }
    }
}
