using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class ForgetVerb
{
    public static Command Create(Shell shell)
    {
        var ids = Options.Ids("ids", ArgumentArity.OneOrMore, "As search and list print them.");
        var command = new Command("forget", "Removes memories for good.") { ids, Options.Timeout("30"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            var forgotten = new List<MemoryForgotten>();
            var missing = new List<Guid>();
            foreach (Guid id in parse.GetRequiredValue(ids))
            {
                try
                {
                    forgotten.Add(await client.ForgetAsync(id, cancellation: token).ConfigureAwait(false));
                }
                catch (RecallException e) when (e.Code == FailureCode.NotFound)
                {
                    missing.Add(id);
                }
            }

            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Forgotten(shell.Out, forgotten, missing);
            }
            else
            {
                forgotten.ForEach(shell.Text.Forgotten);
                missing.ForEach(id => shell.Error.WriteLine($"recall: there is no memory {id}."));
            }

            return missing.Count > 0 ? ExitCode.NothingFound : ExitCode.Ok;
        }, cancellation));
        return command;
    }
}
