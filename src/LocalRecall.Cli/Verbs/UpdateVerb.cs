using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class UpdateVerb
{
    public static Command Create(Shell shell)
    {
        var id = Options.Ids("id", ArgumentArity.ExactlyOne, "As search and list print it.");
        var content = new Option<string?>("--content", "-c") { Description = "What it says from now on; - reads it from standard input.", HelpName = "TEXT" };
        var subject = new Option<string?>("--subject") { Description = "What it is about, in a line." };
        var keywords = new Option<string[]>("--keyword", "-w") { Description = "A word to find it by, in place of those it has; may be repeated, up to 20.", AllowMultipleArgumentsPerToken = false };
        var scope = new Option<string?>("--scope", "-s", "--applies-to") { Description = "What it applies to: global, file:PATH, area:NAME." };
        var command = new Command("update", "Changes a memory; it keeps its id. What is not given stays.") { id, content, subject, keywords, scope, Options.Timeout("30"), Options.Json() };
        command.Validators.Add(result =>
        {
            if (((Option[])[content, subject, keywords, scope]).All(option => result.GetResult(option) is null or { Implicit: true }))
            {
                result.AddError("Say what to change: --content, --subject, --keyword, --scope.");
            }
        });
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            MemoryUpdated updated = await client.UpdateAsync(
                parse.GetRequiredValue(id)[0], parse.GetValue(subject), parse.GetValue(keywords) is { Length: > 0 } words ? words : null, parse.GetValue(scope),
                parse.GetValue(content) is { } text ? AddVerb.Content([text], shell.In) : null, cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Updated(shell.Out, updated);
            }
            else
            {
                shell.Text.Updated(updated);
            }

            return ExitCode.Ok;
        }, cancellation));
        return command;
    }
}
