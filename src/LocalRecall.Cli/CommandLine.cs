using System.CommandLine;
using LocalRecall.Cli.Verbs;

namespace LocalRecall.Cli;

/// <summary>The whole command line.</summary>
internal static class CommandLine
{
    // Queries may begin with @, which would otherwise name a file of arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static RootCommand Create(Shell shell) => new($"The memory that coding agents on this machine share.\n\n{ExitCodes.Help}")
    {
        AddVerb.Create(shell),
        ImportVerb.Create(shell),
        SearchVerb.Create(shell),
        GetVerb.Create(shell),
        UpdateVerb.Create(shell),
        ForgetVerb.Create(shell),
        RedactVerb.Create(shell),
        ListVerb.Create(shell),
        EmbedVerb.Create(shell),
        ModelVerb.Create(shell),
        StatusVerb.Create(shell),
        TopVerb.Create(shell),
        DoctorVerb.Create(shell),
        McpVerb.Create(shell),
        HostVerb.Create(shell),
        InstallVerb.Create(shell),
        UninstallVerb.Create(shell),
        HookVerb.Create(),
    };

    public static async Task<int> RunAsync(Shell shell, string[] args)
    {
        ParseResult parse = Create(shell).Parse(args, Parser);
        if (parse.Errors.Count > 0)
        {
            string verb = parse.CommandResult.Command is RootCommand ? "recall" : $"recall {parse.CommandResult.Command.Name}";
            return shell.Fail(parse, ExitCode.Usage, "usage", $"{string.Join('\n', parse.Errors.Select(e => e.Message))}\nTry '{verb} --help'.");
        }

        return await parse.InvokeAsync(new InvocationConfiguration
        {
            Output = shell.Out, Error = shell.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(2),
        }).ConfigureAwait(false);
    }
}
