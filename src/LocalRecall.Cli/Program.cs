using LocalRecall.Cli;
using LocalRecall.Cli.Verbs;

if (HookVerb.Takes(args))
{
    return HookVerb.Run(args[1..]);
}

Shell shell = Shell.OfProcess();
try
{
    int exit = await CommandLine.RunAsync(shell, args).ConfigureAwait(false);
    await shell.Out.FlushAsync().ConfigureAwait(false);
    return exit;
}
catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
{
    return (int)ExitCode.Failure; // whoever read our output has gone
}
