using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class ImportVerb
{
    public static Command Create(Shell shell)
    {
        var paths = new Argument<string[]>("paths") { Description = "Files and folders: memories, Markdown, text.", Arity = ArgumentArity.OneOrMore };
        var watch = new Option<bool>("--watch") { Description = "Also follow later changes, until --unwatch." };
        var unwatch = new Option<bool>("--unwatch") { Description = "Stop following these paths; what was imported stays." };
        var project = Options.Project("the git repository that holds the paths");
        var command = new Command("import", "Imports memories and documents; returns once all is on disk.") { paths, watch, unwatch, project, Options.Timeout("a day"), Options.Json() };
        command.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(unwatch))
            {
                result.AddError("--watch and --unwatch exclude each other.");
            }
        });
        command.SetAction((parse, cancellation) =>
        {
            string[] wanted = [.. parse.GetRequiredValue(paths).Select(Path.GetFullPath)];
            if (parse.GetValue(unwatch))
            {
                return shell.RunAsync(parse, TimeSpan.FromSeconds(30), (client, token) => UnwatchAsync(shell, parse, client, wanted, token), cancellation);
            }

            if (wanted.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
            {
                return Task.FromResult(shell.Fail(parse, ExitCode.Usage, "usage", $"{missing} does not exist."));
            }

            string? root = parse.GetValue(project) is { } named ? Path.GetFullPath(named) : ProjectRoot.OfAll(wanted);
            return shell.RunAsync(parse, TimeSpan.FromDays(1), (client, token) => ImportAsync(shell, parse, client, wanted, root, parse.GetValue(watch), token), cancellation);
        });
        return command;
    }

    private static async Task<ExitCode> ImportAsync(
        Shell shell, ParseResult parse, RecallClient client, string[] paths, string? project, bool watch, CancellationToken cancellation)
    {
        var report = new ImportReport(shell.Error, shell.ErrorIsTerminal, TimeProvider.System);
        ImportFinished finished;
        try
        {
            finished = await client.ImportAsync(paths, project, watch, report, cancellation: cancellation).ConfigureAwait(false);
        }
        finally
        {
            report.Finish();
        }

        if (parse.GetValue<bool>(Options.JsonName))
        {
            Json.Imported(shell.Out, finished);
        }
        else
        {
            shell.Text.Imported(finished);
        }

        return finished.Counts.Failed > 0 ? ExitCode.Incomplete : ExitCode.Ok;
    }

    private static async Task<ExitCode> UnwatchAsync(Shell shell, ParseResult parse, RecallClient client, string[] paths, CancellationToken cancellation)
    {
        WatchingStopped stopped = await client.StopWatchingAsync(paths, cancellation: cancellation).ConfigureAwait(false);
        if (parse.GetValue<bool>(Options.JsonName))
        {
            Json.Unwatched(shell.Out, stopped);
        }
        else
        {
            foreach (string path in stopped.Paths)
            {
                shell.Text.Write($"no longer watched: {Clean.Line(path)}");
            }
        }

        return stopped.Paths.Count > 0 ? ExitCode.Ok : ExitCode.NothingFound;
    }
}
