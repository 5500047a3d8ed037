using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class RedactVerb
{
    public static Command Create(Shell shell)
    {
        var scan = new Option<bool>("--scan") { Description = "Look through everything that is stored; it does so in any case." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var command = new Command("redact", "Finds secrets in what is stored, and removes them from files of ours and from the index for good.") { scan, dryRun, Options.Timeout("a day"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromDays(1), async (client, token) =>
        {
            bool dry = parse.GetValue(dryRun);
            StoredRedacted redacted = await client.RedactAsync(dry, cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Redacted(shell.Out, redacted, dry);
            }
            else
            {
                shell.Text.Redacted(redacted, dry);
            }

            return ExitCode.Ok;
        }, cancellation));
        return command;
    }
}
