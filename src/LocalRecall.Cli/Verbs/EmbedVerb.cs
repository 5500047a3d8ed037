using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;

namespace LocalRecall.Cli.Verbs;

internal static class EmbedVerb
{
    public static Command Create(Shell shell)
    {
        var texts = new Argument<string[]>("texts") { Description = "Each is embedded by itself; - reads one text a line from standard input.", Arity = ArgumentArity.OneOrMore };
        var query = new Option<bool>("--query") { Description = "Embed as questions, not as documents." };
        var command = new Command("embed", "Turns texts into vectors.") { texts, query, Options.Timeout("60 for each 32 texts"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(60), async (client, token) =>
        {
            string[] wanted = parse.GetRequiredValue(texts) is ["-"] ? [.. LinesOf(shell.In())] : parse.GetRequiredValue(texts);
            Embeddings embeddings = await client.EmbedAsync(wanted, parse.GetValue(query), cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Embedded(shell.Out, embeddings);
            }
            else
            {
                shell.Text.Embedded(embeddings);
            }

            return ExitCode.Ok;
        }, cancellation));
        return command;
    }

    private static IEnumerable<string> LinesOf(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
