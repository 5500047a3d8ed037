using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class ImportVerb
{
    public static Command Create(Shell shell)
    {
        var paths = new Argument<string[]>("paths") { Description = "Files and folders: memories, Markdown, text.", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<bool>("--watch") { Description = "Also follow later changes, until --unwatch." };
        var unwatch = new Option<bool>("--unwatch") { Description = "Stop following these paths; what was imported stays." };
        var transcripts = new Option<bool>("--transcripts") { Description = "Take in past sessions of Claude Code: all of them, or those at and below the paths." };
        var project = Options.Project("the git repository that holds the paths");
        var command = new Command("import", "Imports memories and documents; returns once all is on disk.") { paths, watch, unwatch, transcripts, project, Options.Timeout("a day"), Options.Json() };
        command.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(unwatch))
            {
                result.AddError("--watch and --unwatch exclude each other.");
            }

            if (result.GetValue(transcripts) && (result.GetValue(watch) || result.GetValue(unwatch) || result.GetValue(project) is not null))
            {
                result.AddError("--transcripts goes with no other option: hooks follow what comes, and each session knows its project.");
            }

            if (!result.GetValue(transcripts) && result.GetResult(paths) is not { Tokens.Count: > 0 })
            {
                result.AddError("Name what is to be imported.");
            }
        });
        command.SetAction((parse, cancellation) =>
        {
            string[] wanted = [.. (parse.GetValue(paths) ?? []).Select(Path.GetFullPath)];
            if (parse.GetValue(unwatch))
            {
                return shell.RunAsync(parse, TimeSpan.FromSeconds(30), (client, token) => UnwatchAsync(shell, parse, client, wanted, token), cancellation);
            }

            if (wanted.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
            {
                return Task.FromResult(shell.Fail(parse, ExitCode.Usage, "usage", $"{missing} does not exist."));
            }

            if (parse.GetValue(transcripts))
            {
                string[] sessions = [.. (wanted.Length > 0 ? wanted : [TranscriptFiles.DefaultFolder]).SelectMany(TranscriptFiles.List).Distinct()];
                return shell.RunAsync(parse, TimeSpan.FromSeconds(30), (client, token) => TakeInAsync(shell, parse, client, sessions, token), cancellation);
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

    /// <summary>As if each session had just ended: the host reads them when it can.</summary>
    private static async Task<ExitCode> TakeInAsync(Shell shell, ParseResult parse, RecallClient client, string[] sessions, CancellationToken cancellation)
    {
        foreach (string path in sessions)
        {
            HookSpool.Write(
                shell.Home,
                new HookInput("claude-code", "SessionEnd", Path.GetFileNameWithoutExtension(path), null, null, null, null, path, null, TimeProvider.System.GetUtcNow()));
        }

        await client.NoteSpoolAsync(cancellation: cancellation).ConfigureAwait(false);
        if (parse.GetValue<bool>(Options.JsonName))
        {
            Json.Write(shell.Out, json => json.WriteNumber("transcripts", sessions.Length));
        }
        else
        {
            shell.Text.Write($"{sessions.Length} transcripts; the host reads them now, in the background");
        }

        return sessions.Length > 0 ? ExitCode.Ok : ExitCode.NothingFound;
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
