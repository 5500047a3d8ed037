using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class SearchVerb
{
    public static Command Create(Shell shell)
    {
        var query = new Argument<string[]>("query") { Description = "What you want to know.", Arity = ArgumentArity.OneOrMore };
        var limit = Options.Limit(10, 100);
        var maxTokens = Options.Number("--max-tokens", "Tokens of content at most, over all results.", 2000, 1_000_000);
        var minConfidence = Options.Share("--min-confidence", "Leave out what is less likely to fit, 0 to 1. [default: the host's setting]");
        var all = new Option<bool>("--all", "-a") { Description = "Leave out nothing, however unlikely it fits: --min-confidence 0." };
        var explain = new Option<bool>("--explain", "-e") { Description = "Say how each result came to its place, and why others did not." };
        var command = new Command("search", "Finds memories by meaning and by words.") { query };
        var filter = new Options.Filter(command);
        command.Add(limit);
        command.Add(maxTokens);
        command.Add(minConfidence);
        command.Add(all);
        command.Add(explain);
        command.Add(Options.Timeout("30"));
        command.Add(Options.Json());
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) && result.GetResult(minConfidence) is not null)
            {
                result.AddError("--all and --min-confidence say different things; give one of them.");
            }
        });
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            SearchResults results = await client.SearchAsync(
                string.Join(' ', parse.GetRequiredValue(query)), filter.Read(parse), parse.GetValue(limit), parse.GetValue(maxTokens),
                parse.GetValue(explain), parse.GetValue(all) ? 0 : parse.GetValue(minConfidence), cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Search(shell.Out, results);
            }
            else
            {
                shell.Text.Search(results);
            }

            return results.Hits.Count > 0 ? ExitCode.Ok : ExitCode.NothingFound;
        }, cancellation));
        return command;
    }
}
