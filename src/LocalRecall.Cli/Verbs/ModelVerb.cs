using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class ModelVerb
{
    public static Command Create(Shell shell)
    {
        var list = new Command("list", "Shows the embedding models there are, and which is in force.") { Options.Timeout("30"), Options.Json() };
        list.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            ModelList models = await client.ListModelsAsync(cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Models(shell.Out, models);
            }
            else
            {
                shell.Text.Models(models);
            }

            return ExitCode.Ok;
        }, cancellation));

        var name = new Argument<string>("name") { Description = "As recall model list has it." };
        Command use = Switching(
            "use", "Embeds all that is stored with another model, beside the one in force, and then puts it in force. Stopped, it goes on there next time.",
            (parse, client, dry, report, token) => client.UseModelAsync(parse.GetValue(name)!, dry, report, cancellation: token));
        use.Add(name);
        Command rollback = Switching(
            "rollback", "Puts the model in force again that was before, at once.",
            (_, client, dry, report, token) => client.RollBackModelAsync(dry, report, cancellation: token));
        var check = new Command("check", "Makes the int8 form of the model, if it is not there, and tries on this machine which of the two is faster.")
        {
            Options.Timeout("10 minutes"), Options.Json(),
        };
        check.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromMinutes(10), async (client, token) =>
        {
            ModelsChecked models = await client.CheckModelsAsync(cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.ModelsChecked(shell.Out, models);
            }
            else
            {
                shell.Text.ModelsChecked(models);
            }

            return ExitCode.Ok;
        }, cancellation));
        return new Command("model", "Shows the embedding models, and changes which one is in force.") { list, use, rollback, check };

        Command Switching(
            string verb, string description, Func<ParseResult, RecallClient, bool, IProgress<ModelProgress>, CancellationToken, Task<ModelUsed>> change)
        {
            var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
            var command = new Command(verb, description) { dryRun, Options.Timeout("a day"), Options.Json() };
            command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromDays(1), async (client, token) =>
            {
                bool dry = parse.GetValue(dryRun);
                var report = new ModelReport(shell.Error, shell.ErrorIsTerminal, TimeProvider.System);
                ModelUsed used;
                try
                {
                    used = await change(parse, client, dry, report, token).ConfigureAwait(false);
                }
                finally
                {
                    report.Finish();
                }

                if (parse.GetValue<bool>(Options.JsonName))
                {
                    Json.ModelUsed(shell.Out, used, dry);
                }
                else
                {
                    shell.Text.ModelUsed(used, dry, isRollback: verb == "rollback");
                }

                return ExitCode.Ok;
            }, cancellation));
            return command;
        }
    }
}
