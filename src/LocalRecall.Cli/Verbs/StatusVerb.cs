using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class StatusVerb
{
    public static Command Create(Shell shell)
    {
        var command = new Command("status", "Shows what the host is doing; starts none.") { Options.Timeout("10"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(10), async (client, token) =>
        {
            HostStatus status = await client.StatusAsync(cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Status(shell.Out, status, client.Endpoint!);
            }
            else
            {
                shell.Text.Status(status);
                shell.Text.Http(client.Endpoint!);
                if (VersionNote.Of(RecallClient.Version, status.HostVersion) is { } note)
                {
                    shell.Text.Write(Clean.Line(note));
                }
            }

            return ExitCode.Ok;
        }, cancellation, startHost: false));
        return command;
    }
}
