using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;

namespace LocalRecall.Cli.Verbs;

internal static class GetVerb
{
    public static Command Create(Shell shell)
    {
        var id = Options.Ids("id", ArgumentArity.ExactlyOne, "As search and list print it.");
        var command = new Command("get", "Prints a memory with all its content.") { id, Options.Timeout("30"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            FoundMemory memory = await client.GetAsync(parse.GetRequiredValue(id)[0], cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Memory(shell.Out, memory);
            }
            else
            {
                shell.Text.Memory(memory);
            }

            return ExitCode.Ok;
        }, cancellation));
        return command;
    }
}
